// Made by `npm run generate` from api/openapi.yaml. Do not edit.

export interface paths {
    "/api/v1/nodes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All nodes with their usage
         * @description `node` leaves the node of that name; `namespace` leaves the nodes that run a pod of it.
         */
        get: operations["listNodes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes/{nodeName}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The node's name in Kubernetes. */
                nodeName: components["parameters"]["nodeName"];
            };
            cookie?: never;
        };
        /** One node, with breakdown, host processes, units, disks and interfaces */
        get: operations["getNode"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes/{nodeName}/pods": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The node's name in Kubernetes. */
                nodeName: components["parameters"]["nodeName"];
            };
            cookie?: never;
        };
        /** The pods of a node */
        get: operations["listPodsOfNode"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pods": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All pods */
        get: operations["listPods"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All namespaces, each the sum of its pods
         * @description `namespace` leaves the namespace of that name; `node` leaves those with a pod on the node (their sums stay whole).
         */
        get: operations["listNamespaces"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces/{namespace}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A namespace. */
                namespace: components["parameters"]["namespaceName"];
            };
            cookie?: never;
        };
        /** One namespace */
        get: operations["getNamespace"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces/{namespace}/pods": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A namespace. */
                namespace: components["parameters"]["namespaceName"];
            };
            cookie?: never;
        };
        /** The pods of a namespace; empty for a namespace without pods */
        get: operations["listPodsOfNamespace"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces/{namespace}/pods/{podName}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A namespace. */
                namespace: components["parameters"]["namespaceName"];
                /** @description The pod's name. */
                podName: components["parameters"]["podName"];
            };
            cookie?: never;
        };
        /**
         * One pod, with its containers, disks and interfaces
         * @description Where several pods of the retention had this name, the one started last answers; `uid` selects. A pod that ended is found as well, marked `terminated` (`includeTerminated` is taken for symmetry with lists and changes nothing).
         */
        get: operations["getPod"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workloads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The workloads of all namespaces, each the sum of its pods
         * @description Of all kinds, but for Jobs of a CronJob (or of something else that makes Jobs), which stands for their pods. Pods without a controller and static pods belong to no workload. `node` leaves those with a pod on the node (their sums stay whole).
         */
        get: operations["listWorkloads"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces/{namespace}/deployments": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A namespace. */
                namespace: components["parameters"]["namespaceName"];
            };
            cookie?: never;
        };
        /**
         * The deployments of a namespace, each the sum of its pods
         * @description `node` leaves the deployments with a pod on the node (their sums stay whole).
         */
        get: operations["listDeployments"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces/{namespace}/deployments/{deploymentName}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A namespace. */
                namespace: components["parameters"]["namespaceName"];
                /** @description The deployment's name. */
                deploymentName: components["parameters"]["deploymentName"];
            };
            cookie?: never;
        };
        /** One deployment */
        get: operations["getDeployment"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces/{namespace}/deployments/{deploymentName}/pods": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A namespace. */
                namespace: components["parameters"]["namespaceName"];
                /** @description The deployment's name. */
                deploymentName: components["parameters"]["deploymentName"];
            };
            cookie?: never;
        };
        /** The pods of a deployment */
        get: operations["listPodsOfDeployment"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces/{namespace}/statefulsets": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A namespace. */
                namespace: components["parameters"]["namespaceName"];
            };
            cookie?: never;
        };
        /**
         * The stateful sets of a namespace, each the sum of its pods
         * @description `node` leaves the stateful sets with a pod on the node (their sums stay whole).
         */
        get: operations["listStatefulSets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces/{namespace}/statefulsets/{statefulSetName}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A namespace. */
                namespace: components["parameters"]["namespaceName"];
                /** @description The stateful set's name. */
                statefulSetName: components["parameters"]["statefulSetName"];
            };
            cookie?: never;
        };
        /** One stateful set */
        get: operations["getStatefulSet"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces/{namespace}/statefulsets/{statefulSetName}/pods": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A namespace. */
                namespace: components["parameters"]["namespaceName"];
                /** @description The stateful set's name. */
                statefulSetName: components["parameters"]["statefulSetName"];
            };
            cookie?: never;
        };
        /** The pods of a stateful set */
        get: operations["listPodsOfStatefulSet"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces/{namespace}/daemonsets": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A namespace. */
                namespace: components["parameters"]["namespaceName"];
            };
            cookie?: never;
        };
        /**
         * The daemon sets of a namespace, each the sum of its pods
         * @description `node` leaves the daemon sets with a pod on the node (their sums stay whole).
         */
        get: operations["listDaemonSets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces/{namespace}/daemonsets/{daemonSetName}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A namespace. */
                namespace: components["parameters"]["namespaceName"];
                /** @description The daemon set's name. */
                daemonSetName: components["parameters"]["daemonSetName"];
            };
            cookie?: never;
        };
        /** One daemon set */
        get: operations["getDaemonSet"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces/{namespace}/daemonsets/{daemonSetName}/pods": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A namespace. */
                namespace: components["parameters"]["namespaceName"];
                /** @description The daemon set's name. */
                daemonSetName: components["parameters"]["daemonSetName"];
            };
            cookie?: never;
        };
        /** The pods of a daemon set */
        get: operations["listPodsOfDaemonSet"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces/{namespace}/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A namespace. */
                namespace: components["parameters"]["namespaceName"];
            };
            cookie?: never;
        };
        /**
         * The jobs of a namespace, each the sum of its pods
         * @description `node` leaves the jobs with a pod on the node (their sums stay whole). A cron job's are here too; their pods belong to both.
         */
        get: operations["listJobs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces/{namespace}/jobs/{jobName}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A namespace. */
                namespace: components["parameters"]["namespaceName"];
                /** @description The job's name. */
                jobName: components["parameters"]["jobName"];
            };
            cookie?: never;
        };
        /** One job */
        get: operations["getJob"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces/{namespace}/jobs/{jobName}/pods": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A namespace. */
                namespace: components["parameters"]["namespaceName"];
                /** @description The job's name. */
                jobName: components["parameters"]["jobName"];
            };
            cookie?: never;
        };
        /** The pods of a job */
        get: operations["listPodsOfJob"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces/{namespace}/cronjobs": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A namespace. */
                namespace: components["parameters"]["namespaceName"];
            };
            cookie?: never;
        };
        /**
         * The cron jobs of a namespace, each the sum of its pods
         * @description `node` leaves the cron jobs with a pod on the node (their sums stay whole).
         */
        get: operations["listCronJobs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces/{namespace}/cronjobs/{cronJobName}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A namespace. */
                namespace: components["parameters"]["namespaceName"];
                /** @description The cron job's name. */
                cronJobName: components["parameters"]["cronJobName"];
            };
            cookie?: never;
        };
        /** One cron job */
        get: operations["getCronJob"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces/{namespace}/cronjobs/{cronJobName}/pods": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A namespace. */
                namespace: components["parameters"]["namespaceName"];
                /** @description The cron job's name. */
                cronJobName: components["parameters"]["cronJobName"];
            };
            cookie?: never;
        };
        /** The pods of a cron job */
        get: operations["listPodsOfCronJob"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cluster": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The cluster as one thing, the sum of its nodes
         * @description Each node counts with what it measures of itself (see Usage), the host's processes included; stale ones are left out.
         */
        get: operations["getCluster"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/findings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What somebody should look at, the most severe first
         * @description Made once a tick. Pressure and throttling are means over six ticks. Those that Kubernetes tells need it to be read (see /api/v1/status).
         *
         *     | kind | members | severity |
         *     |---|---|---|
         *     | `oomKilled` | pods (or their containers) with processes killed for want of memory, within the retention | critical |
         *     | `stale` | nodes that missed three ticks; value: the age of the newest | critical |
         *     | `pressure` | nodes from 5 % memoryFull, 20 % memorySome, 20 % ioFull, 50 % ioSome or 50 % cpuSome; pods from 10 % memoryFull | warning; critical from three times as much, at most 90 % |
         *     | `nearLimit` | containers and pods whose working set is 90 % of their memory limit or more | warning; critical from 97 % |
         *     | `throttled` | containers throttled in 25 % of their periods or more | warning |
         *     | `notReady` | nodes that Kubernetes says are not ready, by their condition Ready, two minutes after they joined; value: since when | critical |
         *     | `nodeCondition` | nodes whose kubelet reports MemoryPressure, DiskPressure, PIDPressure or NetworkUnavailable (`reason`); value: since when | warning |
         *     | `restarting` | containers that wait in CrashLoopBackOff, or were restarted twice or more, the last time within ten minutes; value: their restarts | critical in CrashLoopBackOff, else warning |
         *     | `pending` | pods that have been Pending for a minute or longer, but for those whose containers are restarting; value: since their creation | warning |
         *     | `noCollector` | nodes that Kubernetes has, that are ready, and that no collector reports, two minutes after they joined; not those of Windows, for which there is none | warning |
         *     | `clockSkew` | nodes whose clock is 2 s off or more | warning; critical where samples are refused for it |
         *     | `conflict` | nodes that several collectors claim to be | warning |
         *
         *     `finding` on the lists of nodes and pods gives all members.
         */
        get: operations["getFindings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Nodes, namespaces, workloads and pods by a part of their name
         * @description In any case of letters; those that Kubernetes alone knows, too: pods that are not started, nodes without a collector, deployments without pods. Whole names first, then beginnings, then beginnings of words, then the rest; among equals nodes, namespaces, workloads, pods, then the shorter name. What has appeared within the last interval may not be found yet.
         */
        get: operations["search"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Says when there is a new tick to ask for
         * @description Server-Sent Events (`text/event-stream`), for as long as the client stays: `event: tick` with one line of JSON as `data`, at once and
         *     whenever the newest complete tick advances, a few hundred milliseconds after it is complete.
         *
         *     ```
         *     event: tick
         *     data: {"tick":1795455300,"oldestTick":1795451710,"instance":"5f0c…"}
         *     ```
         *
         *     `tick` and `oldestTick` are Unix seconds, the newest complete tick and the oldest one that is shown. `instance` names this run of the
         *     server: another one than before means that it was restarted. A comment line comes every 15 s. A client that does not read is
         *     disconnected; beyond 2,000 clients there is a 503 with `Retry-After`.
         */
        get: operations["streamTicks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How the server is doing */
        get: operations["getStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The process is alive */
        get: operations["getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/livez": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The process is alive */
        get: operations["getLiveness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The server has data to show
         * @description Ready once it listens and either has the first complete tick, or an interval and 5 s have passed since its start (a cluster without collectors is not the server's fault). Until then the resource paths answer 503 too.
         */
        get: operations["getReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/version": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is running */
        get: operations["getVersion"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This description */
        get: operations["getOpenApi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The paths there are */
        get: operations["getIndex"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The dashboard, or the paths there are
         * @description With `Accept: application/json` the same as /api/v1. Otherwise the dashboard's page, as for every path that is neither the API's nor one of the dashboard's files.
         */
        get: operations["getRoot"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description RFC 9457. */
        Problem: {
            /** @description The HTTP status */
            status: number;
            /** @description Its reason phrase */
            title: string;
            /** @description What is wrong and what is allowed */
            detail?: string;
        };
        NodeList: {
            window?: components["schemas"]["Window"];
            items: components["schemas"]["Node"][];
            total: components["schemas"]["Total"];
            continue?: components["schemas"]["Continue"];
        };
        PodList: {
            window?: components["schemas"]["Window"];
            items: components["schemas"]["Pod"][];
            total: components["schemas"]["Total"];
            continue?: components["schemas"]["Continue"];
        };
        NamespaceList: {
            window?: components["schemas"]["Window"];
            items: components["schemas"]["Namespace"][];
            total: components["schemas"]["Total"];
            continue?: components["schemas"]["Continue"];
        };
        WorkloadList: {
            window?: components["schemas"]["Window"];
            items: components["schemas"]["Workload"][];
            total: components["schemas"]["Total"];
            continue?: components["schemas"]["Continue"];
        };
        /** @description Items of the whole list, whatever `limit`, `offset` and `continue` leave of it */
        Total: number;
        /** @description Opaque; present where more items follow */
        Continue: string;
        /** @description The axis of all `series` of the answer. */
        Window: {
            /** @description Unix seconds; ticks later than it are in */
            start: number;
            /** @description Unix seconds; T, the last tick in */
            end: number;
            /** @description Seconds between points */
            step: number;
            /** @description Unix seconds at which each step ends, oldest first */
            timestamps: number[];
        };
        Node: {
            window?: components["schemas"]["Window"];
            name: components["schemas"]["Name"];
            sampledAt?: components["schemas"]["SampledAt"];
            ageSeconds?: components["schemas"]["AgeSeconds"];
            stale: components["schemas"]["Stale"];
            usage: components["schemas"]["Usage"];
            usageMissingReason?: components["schemas"]["UsageMissingReason"];
            pressure?: components["schemas"]["Pressure"];
            memory?: components["schemas"]["Memory"];
            events?: components["schemas"]["Events"];
            requests?: components["schemas"]["Requests"];
            limits?: components["schemas"]["Limits"];
            utilization?: components["schemas"]["NodeUtilization"];
            createdAt?: components["schemas"]["CreatedAt"];
            labels?: components["schemas"]["Labels"];
            /**
             * @description What the collector of this node does; missing: Kubernetes knows the node, and nothing reports for it; refused: its reports are (see clockRefused, and /api/v1/status)
             * @enum {string}
             */
            collector?: "reporting" | "stale" | "missing" | "refused";
            /** @description Kubernetes' condition Ready is True */
            ready?: boolean;
            /** @description Cordoned */
            unschedulable?: boolean;
            /** @description Of the labels node-role.kubernetes.io/… */
            roles?: string[];
            /** @description Of the label topology.kubernetes.io/zone */
            zone?: string;
            /** @description Of the label node.kubernetes.io/instance-type */
            instanceType?: string;
            /** @description How many pods may run here */
            podCapacity?: number;
            conditions?: components["schemas"]["Condition"][];
            versions?: components["schemas"]["Versions"];
            allocatable?: components["schemas"]["Allocatable"];
            /** @description Of the running kernel: another one means that the node was rebooted */
            bootId?: string;
            /** @description What reports for the node */
            collectorVersion?: string;
            /** @description The collector's interval */
            intervalSeconds?: number;
            /** @description The server's clock minus the node's */
            clockSkewSeconds?: number;
            /** @description The node's clock is more than five minutes off: its samples are refused */
            clockRefused?: boolean;
            /** @description Several collectors claim to be this node */
            conflict?: boolean;
            /** @description Of which its collector had nothing left when this server could be reached again, since the collector started */
            lostTicks?: number;
            /** @description That its collector holds and is still to give: until then windows have gaps there, which are null */
            owedTicks?: number;
            load?: components["schemas"]["Load"];
            cpuModes?: components["schemas"]["CpuModes"];
            /** @description Since the node booted */
            uptimeSeconds?: number;
            kernelVersion?: string;
            /** @description v2, hybrid, v1 or none; containers and pods are measured with v2 alone */
            cgroupMode?: string;
            /** @description The container runtime that answered, with its version */
            runtime?: string;
            /** @description The collector sees a part of a machine (a container, kind), not its root */
            nested?: boolean;
            /** @description What the collector could not read since it started */
            readErrors?: number;
            capacity?: components["schemas"]["Capacity"];
            breakdown?: components["schemas"]["Breakdown"];
            /** @description Single node only. The processes of no pod that use most CPU or memory. */
            processes?: components["schemas"]["Process"][];
            /** @description Single node only. The systemd units (or, without systemd, cgroups) outside of pods. */
            units?: components["schemas"]["Unit"][];
            /** @description Single node only. All block devices. */
            disks?: components["schemas"]["Disk"][];
            /** @description Single node only. All network interfaces. */
            interfaces?: components["schemas"]["Interface"][];
            series?: components["schemas"]["Series"];
            statistics?: components["schemas"]["StatisticsByKey"];
        };
        /** @description One uid. */
        Pod: {
            window?: components["schemas"]["Window"];
            name: components["schemas"]["Name"];
            namespace?: components["schemas"]["NamespaceName"];
            node?: components["schemas"]["NodeName"];
            /** @description As in the cgroup's path: a static pod's is the hash of its configuration. `uid` takes Kubernetes' own of it as well */
            uid?: string;
            sampledAt?: components["schemas"]["SampledAt"];
            ageSeconds?: components["schemas"]["AgeSeconds"];
            stale: components["schemas"]["Stale"];
            terminated?: components["schemas"]["Terminated"];
            usage: components["schemas"]["Usage"];
            usageMissingReason?: components["schemas"]["UsageMissingReason"];
            throttling?: components["schemas"]["Throttling"];
            pressure?: components["schemas"]["Pressure"];
            memory?: components["schemas"]["Memory"];
            events?: components["schemas"]["Events"];
            requests?: components["schemas"]["Requests"];
            limits?: components["schemas"]["Limits"];
            utilization?: components["schemas"]["Utilization"];
            labels?: components["schemas"]["Labels"];
            owner?: components["schemas"]["Owner"];
            createdAt?: components["schemas"]["CreatedAt"];
            /** @enum {string} */
            phase?: "Pending" | "Running" | "Succeeded" | "Failed" | "Unknown";
            /** @description Why it is in its phase, or what the first container waits for or ended by: Evicted, Unschedulable, CrashLoopBackOff, OOMKilled */
            reason?: string;
            /** @description Kubernetes' condition Ready is True */
            ready?: boolean;
            /** @description It is being deleted */
            terminating?: boolean;
            priorityClass?: string;
            /** @description It uses the node's network, and therefore carries none of its own */
            hostNetwork: boolean;
            /** @enum {string} */
            qosClass?: "Guaranteed" | "Burstable" | "BestEffort";
            startedAt?: components["schemas"]["StartedAt"];
            restartCount?: components["schemas"]["RestartCount"];
            /** @description Single pod only. The block devices it used. */
            disks?: components["schemas"]["Disk"][];
            /** @description Single pod only. The interfaces of its network namespace. */
            interfaces?: components["schemas"]["Interface"][];
            series?: components["schemas"]["Series"];
            statistics?: components["schemas"]["StatisticsByKey"];
            /** @description Single pod only. One item a container name; its series span restarts. */
            containers?: components["schemas"]["Container"][];
        };
        Container: {
            name: components["schemas"]["Name"];
            namespace?: components["schemas"]["NamespaceName"];
            node?: components["schemas"]["NodeName"];
            sampledAt?: components["schemas"]["SampledAt"];
            ageSeconds?: components["schemas"]["AgeSeconds"];
            stale: components["schemas"]["Stale"];
            terminated?: components["schemas"]["Terminated"];
            usage: components["schemas"]["Usage"];
            usageMissingReason?: components["schemas"]["UsageMissingReason"];
            throttling?: components["schemas"]["Throttling"];
            pressure?: components["schemas"]["Pressure"];
            memory?: components["schemas"]["Memory"];
            events?: components["schemas"]["Events"];
            requests?: components["schemas"]["Requests"];
            limits?: components["schemas"]["Limits"];
            utilization?: components["schemas"]["Utilization"];
            /** @enum {string} */
            state?: "waiting" | "running" | "terminated";
            /** @description Of waiting or terminated: CrashLoopBackOff, Completed */
            reason?: string;
            ready?: boolean;
            startedAt?: components["schemas"]["StartedAt"];
            restartCount?: components["schemas"]["RestartCount"];
            /** @enum {string} */
            type?: "app" | "init" | "sidecar" | "sandbox" | "ephemeral";
            /** @description The runtime's id of the container that runs under this name now */
            containerId?: string;
            series?: components["schemas"]["Series"];
            statistics?: components["schemas"]["StatisticsByKey"];
        };
        /** @description The sum of the namespace's pods, stale ones left out. One that Kubernetes knows is there without pods too. */
        Namespace: {
            window?: components["schemas"]["Window"];
            name: components["schemas"]["Name"];
            sampledAt?: components["schemas"]["SampledAt"];
            ageSeconds?: components["schemas"]["AgeSeconds"];
            /** @description All its pods are stale */
            stale: boolean;
            terminated?: components["schemas"]["Terminated"];
            podCount: components["schemas"]["PodCount"];
            nodeCount?: components["schemas"]["NodeCount"];
            usage: components["schemas"]["AggregateUsage"];
            requests?: components["schemas"]["Requests"];
            limits?: components["schemas"]["Limits"];
            utilization?: components["schemas"]["Utilization"];
            createdAt?: components["schemas"]["CreatedAt"];
            labels?: components["schemas"]["Labels"];
            /** @description Active or Terminating */
            phase?: string;
            throttling?: components["schemas"]["Throttling"];
            events?: components["schemas"]["Events"];
            series?: components["schemas"]["AggregateSeries"];
            statistics?: components["schemas"]["AggregateStatisticsByKey"];
        };
        /** @description The sum of the workload's pods, stale ones left out. One that Kubernetes knows is there without pods too. */
        Workload: {
            window?: components["schemas"]["Window"];
            name: components["schemas"]["Name"];
            namespace: components["schemas"]["NamespaceName"];
            /** @description Deployment, StatefulSet, DaemonSet, Job, CronJob, or what else there is in the cluster */
            kind: string;
            inferred: components["schemas"]["Inferred"];
            sampledAt?: components["schemas"]["SampledAt"];
            ageSeconds?: components["schemas"]["AgeSeconds"];
            /** @description All its pods are stale */
            stale: boolean;
            terminated?: components["schemas"]["Terminated"];
            podCount: components["schemas"]["PodCount"];
            nodeCount?: components["schemas"]["NodeCount"];
            usage: components["schemas"]["AggregateUsage"];
            requests?: components["schemas"]["Requests"];
            limits?: components["schemas"]["Limits"];
            utilization?: components["schemas"]["Utilization"];
            createdAt?: components["schemas"]["CreatedAt"];
            labels?: components["schemas"]["Labels"];
            replicas?: components["schemas"]["Replicas"];
            owner?: components["schemas"]["Owner"];
            throttling?: components["schemas"]["Throttling"];
            events?: components["schemas"]["Events"];
            series?: components["schemas"]["AggregateSeries"];
            statistics?: components["schemas"]["AggregateStatisticsByKey"];
        };
        /** @description The sum of the nodes, stale ones left out. `capacity`, `allocatable`, and `requests` and `limits` of their pods are of the same nodes; the latter three are absent where Kubernetes does not know each of them. */
        Cluster: {
            window?: components["schemas"]["Window"];
            /** @enum {string} */
            name: "cluster";
            sampledAt?: components["schemas"]["SampledAt"];
            ageSeconds?: components["schemas"]["AgeSeconds"];
            /** @description All its nodes are stale */
            stale: boolean;
            /** @description Pods that were measured at the tick; those without a namespace are not counted */
            podCount: number;
            /** @description Nodes the sums are made of */
            nodeCount: number;
            usage: components["schemas"]["AggregateUsage"];
            events?: components["schemas"]["Events"];
            nodes: {
                total: number;
                reporting: number;
                stale: number;
                /** @description Known to Kubernetes and not reported; absent where Kubernetes is not read */
                missingCollector?: number;
                /** @description By Kubernetes; absent where it is not read */
                notReady?: number;
            };
            capacity?: components["schemas"]["Capacity"];
            allocatable?: components["schemas"]["Allocatable"];
            requests?: components["schemas"]["Requests"];
            limits?: components["schemas"]["Limits"];
            utilization?: components["schemas"]["NodeUtilization"];
            series?: components["schemas"]["AggregateSeries"];
            statistics?: components["schemas"]["AggregateStatisticsByKey"];
        };
        Findings: {
            /** @description Unix seconds; absent where nothing is stored */
            tick?: number;
            items: components["schemas"]["Finding"][];
        };
        Finding: {
            /** @enum {string} */
            kind: "oomKilled" | "notReady" | "stale" | "restarting" | "pressure" | "nodeCondition" | "throttled" | "nearLimit" | "pending" | "noCollector" | "clockSkew" | "conflict";
            severity: components["schemas"]["Severity"];
            /** @description Of all members */
            count: number;
            /** @description The worst first, at most five */
            members: components["schemas"]["FindingMember"][];
        };
        FindingMember: {
            /** @enum {string} */
            kind: "node" | "pod" | "container";
            severity: components["schemas"]["Severity"];
            namespace?: components["schemas"]["NamespaceName"];
            /** @description The node's or the pod's, also where it is one of its containers */
            name: string;
            /** @description The pod's */
            uid?: string;
            container?: string;
            /** @description The node it is or is on; absent: a pod that has none yet */
            node?: string;
            /** @description Absent where there is nothing to count, or it is not known */
            value?: number;
            /**
             * @description Of value; absent without it
             * @enum {string}
             */
            unit?: "percent" | "count" | "seconds";
            /** @description The key, as in `metrics`, that the value is of; with nearLimit as a share of the limit */
            metric?: string;
            /** @description In the words of Kubernetes: CrashLoopBackOff, Unschedulable, DiskPressure; absent where it gives none */
            reason?: string;
        };
        /**
         * @description Of a finding it is that of its worst member
         * @enum {string}
         */
        Severity: "info" | "warning" | "critical";
        SearchResult: {
            items: components["schemas"]["SearchMatch"][];
            /** @description Of all that was found, whatever `limit` leaves */
            total: number;
        };
        SearchMatch: {
            /** @description node, namespace, pod, or the kind of a workload: Deployment */
            kind: string;
            namespace?: components["schemas"]["NamespaceName"];
            name: components["schemas"]["Name"];
            /** @description The pod's */
            uid?: string;
            node?: components["schemas"]["NodeName"];
        };
        Name: string;
        /** @description The namespace it is in */
        NamespaceName: string;
        /** @description The node it is on */
        NodeName: string;
        /**
         * Format: date-time
         * @description The tick the values belong to, RFC 3339, UTC
         */
        SampledAt: string;
        /** @description Time since that tick */
        AgeSeconds: number;
        /** @description Its node has missed three ticks: the values are its last ones */
        Stale: boolean;
        /**
         * @description It ended: the values are its last ones. Absent for what runs
         * @enum {boolean}
         */
        Terminated: true;
        /**
         * Format: date-time
         * @description RFC 3339, UTC
         */
        StartedAt: string;
        RestartCount: number;
        /** @description Pods the sums are made of */
        PodCount: number;
        /** @description Nodes those pods are on */
        NodeCount: number;
        /** @description From labels and names, not read from Kubernetes */
        Inferred: boolean;
        /**
         * Format: date-time
         * @description RFC 3339, UTC; as Kubernetes says
         */
        CreatedAt: string;
        /** @description As Kubernetes says; else, of pods, as the runtime does */
        Labels: {
            [key: string]: string;
        };
        /**
         * @description Why `usage` is null: the pod waits for a node; it has not started; nothing reports for the node; Kubernetes finds the node not ready; it runs Windows; the node's collector reports, and not this.
         * @enum {string}
         */
        UsageMissingReason: "notScheduled" | "notStarted" | "noCollector" | "nodeNotReady" | "unsupportedOs" | "notReported";
        Condition: {
            /** @description Ready, MemoryPressure, DiskPressure, PIDPressure, … */
            type: string;
            /** @description True, False or Unknown */
            status: string;
            reason?: string;
            /** Format: date-time */
            lastTransitionAt?: string;
        };
        Versions: {
            kubelet?: string;
            kernel?: string;
            /** @description The image of the operating system */
            os?: string;
            /** @description e.g. containerd://2.1.4 */
            runtime?: string;
            architecture?: string;
        };
        /** @description As Kubernetes counts them. Jobs have `desired` completions and pods `active`, `succeeded` and `failed`. */
        Replicas: {
            desired?: number;
            ready?: number;
            available?: number;
            updated?: number;
            active?: number;
            succeeded?: number;
            failed?: number;
        };
        /** @description Usage (of memory the working set) in per cent of `requests` and `limits`. Absent where there is nothing to divide by. */
        Utilization: {
            cpuOfRequestPercent?: number;
            cpuOfLimitPercent?: number;
            memoryOfRequestPercent?: number;
            memoryOfLimitPercent?: number;
        };
        /** @description The usage of the node or the cluster (of memory the working set) in per cent of `allocatable`, and of the `requests` of the pods there. */
        NodeUtilization: {
            cpuOfAllocatablePercent?: number;
            memoryOfAllocatablePercent?: number;
            cpuOfRequestPercent?: number;
            memoryOfRequestPercent?: number;
        };
        /** @description All keys, or those of `metrics`; null for what Kubernetes knows and nothing measures: `usageMissingReason` says why. A pod's is its own cgroup where that is populated, else the sum of its containers. A node's is /proc's view of the machine, never the sum of its pods. Containers have no network: it belongs to the pod. */
        Usage: {
            /** @description Mean over the interval. Node: busy time; iowait, idle and steal are not busy */
            cpuMillicores?: number | null;
            /** @description memory.current. Node: MemTotal − MemAvailable */
            memoryBytes?: number | null;
            /** @description Without inactive file cache, as the kubelet computes it */
            memoryWorkingSetBytes?: number | null;
            /** @description Anonymous memory */
            memoryRssBytes?: number | null;
            /** @description Whole leaf devices */
            diskReadBytesPerSecond?: number | null;
            /** @description Whole leaf devices */
            diskWriteBytesPerSecond?: number | null;
            /** @description Received. Node: physical interfaces, or the default route's where none is physical */
            networkRxBytesPerSecond?: number | null;
            /** @description Sent; see networkRxBytesPerSecond */
            networkTxBytesPerSecond?: number | null;
            /** @description Tasks (pids.current). Node: processes */
            processCount?: number | null;
            /** @description Cumulative since the container or pod started. Node: since boot */
            diskReadBytes?: number | null;
            /** @description Cumulative; see diskReadBytes */
            diskWriteBytes?: number | null;
            /** @description Cumulative since the pod's network namespace began. Node: since boot */
            networkRxBytes?: number | null;
            /** @description Cumulative; see networkRxBytes */
            networkTxBytes?: number | null;
        } | null;
        /** @description All keys, or those of `metrics`. Sums of pods' usage; no cumulative values, which would fall when a pod ends. */
        AggregateUsage: {
            cpuMillicores?: number | null;
            memoryBytes?: number | null;
            memoryWorkingSetBytes?: number | null;
            memoryRssBytes?: number | null;
            diskReadBytesPerSecond?: number | null;
            diskWriteBytesPerSecond?: number | null;
            /** @description Pods of the host's network carry none */
            networkRxBytesPerSecond?: number | null;
            /** @description Pods of the host's network carry none */
            networkTxBytesPerSecond?: number | null;
            processCount?: number | null;
        };
        Throttling: {
            /** @description Periods of the CPU quota in which it was throttled */
            throttledPercent?: number | null;
            /** @description Time spent throttled by time, in thousandths */
            throttledMillicores?: number | null;
        };
        /** @description Share of time in which some task (or all of them, "full") waited for a resource (PSI). */
        Pressure: {
            /** @description CPU */
            cpuSomePercent?: number | null;
            /** @description Memory */
            memorySomePercent?: number | null;
            /** @description Memory, all tasks */
            memoryFullPercent?: number | null;
            /** @description I/O */
            ioSomePercent?: number | null;
            /** @description I/O, all tasks */
            ioFullPercent?: number | null;
        };
        Memory: {
            /** @description Nodes: MemAvailable */
            availableBytes?: number;
            /** @description Swap in use */
            swapBytes?: number;
        };
        Events: {
            /** @description Processes killed for want of memory, in the window or in the retention */
            oomKills?: number;
            /** @description Times the memory limit was met and reclaim did not help, since the container started */
            oomEvents?: number;
        };
        /** @description What is set aside: of a pod as the scheduler counts it; of nodes, namespaces, workloads and the cluster the sum over their pods that have not ended. */
        Requests: {
            cpuMillicores?: number;
            memoryBytes?: number;
        };
        /** @description What pods may have together. */
        Allocatable: {
            cpuMillicores?: number;
            memoryBytes?: number;
        };
        /** @description As Kubernetes says, else as the kernel enforces them. A missing key is no limit, or one that is not known. A pod has one where all its containers have, a namespace or workload where all its pods have; of nodes and the cluster it is the sum over the pods that have one, and binds nothing. Pods that have ended, and those that Kubernetes does not know, do not count. */
        Limits: {
            cpuMillicores?: number;
            memoryBytes?: number;
        };
        Owner: {
            /** @description e.g. Deployment */
            kind: string;
            name: string;
            inferred: components["schemas"]["Inferred"];
        };
        Capacity: {
            /** @description 1000 for each CPU online; where no collector tells, as Kubernetes says */
            cpuMillicores?: number;
            /** @description MemTotal; where no collector tells, as Kubernetes says */
            memoryBytes?: number;
            /** @description SwapTotal */
            swapBytes?: number;
        };
        /** @description /proc/loadavg; a number of tasks. */
        Load: {
            load1?: number;
            load5?: number;
            load15?: number;
        };
        /** @description /proc/stat, means over the interval. */
        CpuModes: {
            userMillicores?: number;
            niceMillicores?: number;
            systemMillicores?: number;
            idleMillicores?: number;
            iowaitMillicores?: number;
            irqMillicores?: number;
            softirqMillicores?: number;
            stealMillicores?: number;
        };
        /** @description Single node only. Where the node's usage goes; the four add up to it. */
        Breakdown: {
            pods: components["schemas"]["BreakdownPart"];
            systemServices: components["schemas"]["BreakdownPart"];
            kernelAndOther: components["schemas"]["BreakdownPart"];
            unattributed: components["schemas"]["BreakdownPart"];
        };
        BreakdownPart: {
            /** @description Of unattributed: what is left over, below 0 where the parts exceed the node's */
            cpuMillicores: number | null;
            /** @description Of unattributed: what is left over, below 0 where the parts exceed the node's */
            memoryBytes: number | null;
        };
        /** @description A process of no pod. Rates are over the newest interval. */
        Process: {
            pid: number;
            /** @description comm verbatim: what is not UTF-8 is replaced by U+FFFD */
            name: string;
            /** @description Only if the collector was told to send it; bounded */
            commandLine?: string;
            executable?: string;
            user?: string;
            /** @description The systemd unit it belongs to */
            unit?: string;
            cpuMillicores?: number | null;
            memoryRssBytes?: number;
            threads?: number;
            diskReadBytesPerSecond?: number | null;
            diskWriteBytesPerSecond?: number | null;
        };
        Unit: {
            /** @description e.g. containerd.service */
            name: string;
            /** @description Mean over the newest interval */
            cpuMillicores?: number | null;
            /** @description Cumulative */
            cpuUsageMicroseconds?: number;
            memoryBytes?: number;
            processCount?: number;
        };
        /** @description One block device, as the newest tick saw it. */
        Disk: {
            /** @description e.g. sda */
            name: string;
            /** @description Cumulative */
            readBytes?: number;
            /** @description Cumulative */
            writeBytes?: number;
            /** @description Cumulative */
            readOperations?: number;
            /** @description Cumulative */
            writeOperations?: number;
            readBytesPerSecond?: number;
            writeBytesPerSecond?: number;
        };
        /** @description One network interface, as the newest tick saw it. */
        Interface: {
            /** @description e.g. eth0 */
            name: string;
            /** @description Received, cumulative */
            rxBytes?: number;
            /** @description Sent, cumulative */
            txBytes?: number;
            /** @description Cumulative */
            rxPackets?: number;
            /** @description Cumulative */
            txPackets?: number;
            /** @description Cumulative */
            rxErrors?: number;
            /** @description Cumulative */
            txErrors?: number;
            /** @description Cumulative */
            rxDropped?: number;
            /** @description Cumulative */
            txDropped?: number;
            rxBytesPerSecond?: number;
            txBytesPerSecond?: number;
            /** @description Part of the network usage of its node or pod */
            counted: boolean;
        };
        /** @description As long as `window.timestamps`, oldest first; null where nothing was measured */
        Points: (number | null)[];
        /** @description Over the ticks of the window (not over its steps). */
        Statistics: {
            avg: number | null;
            min: number | null;
            max: number | null;
            p95: number | null;
            last: number | null;
        };
        /** @description With `window`. By key, as in `usage`; those of `throttling`, `pressure` and `memory` where `metrics` names them. */
        Series: {
            cpuMillicores?: components["schemas"]["Points"];
            memoryBytes?: components["schemas"]["Points"];
            memoryWorkingSetBytes?: components["schemas"]["Points"];
            memoryRssBytes?: components["schemas"]["Points"];
            diskReadBytesPerSecond?: components["schemas"]["Points"];
            diskWriteBytesPerSecond?: components["schemas"]["Points"];
            networkRxBytesPerSecond?: components["schemas"]["Points"];
            networkTxBytesPerSecond?: components["schemas"]["Points"];
            processCount?: components["schemas"]["Points"];
            diskReadBytes?: components["schemas"]["Points"];
            diskWriteBytes?: components["schemas"]["Points"];
            networkRxBytes?: components["schemas"]["Points"];
            networkTxBytes?: components["schemas"]["Points"];
            throttledPercent?: components["schemas"]["Points"];
            throttledMillicores?: components["schemas"]["Points"];
            cpuSomePercent?: components["schemas"]["Points"];
            memorySomePercent?: components["schemas"]["Points"];
            memoryFullPercent?: components["schemas"]["Points"];
            ioSomePercent?: components["schemas"]["Points"];
            ioFullPercent?: components["schemas"]["Points"];
            swapBytes?: components["schemas"]["Points"];
        };
        /** @description With `window`. By key, as in `usage`, over how many pods and nodes, and those of `throttling` where `metrics` names them. */
        AggregateSeries: {
            cpuMillicores?: components["schemas"]["Points"];
            memoryBytes?: components["schemas"]["Points"];
            memoryWorkingSetBytes?: components["schemas"]["Points"];
            memoryRssBytes?: components["schemas"]["Points"];
            diskReadBytesPerSecond?: components["schemas"]["Points"];
            diskWriteBytesPerSecond?: components["schemas"]["Points"];
            networkRxBytesPerSecond?: components["schemas"]["Points"];
            networkTxBytesPerSecond?: components["schemas"]["Points"];
            processCount?: components["schemas"]["Points"];
            throttledPercent?: components["schemas"]["Points"];
            throttledMillicores?: components["schemas"]["Points"];
            podCount?: components["schemas"]["Points"];
            nodeCount?: components["schemas"]["Points"];
        };
        /** @description With `window`. The same keys as `series`. */
        StatisticsByKey: {
            cpuMillicores?: components["schemas"]["Statistics"];
            memoryBytes?: components["schemas"]["Statistics"];
            memoryWorkingSetBytes?: components["schemas"]["Statistics"];
            memoryRssBytes?: components["schemas"]["Statistics"];
            diskReadBytesPerSecond?: components["schemas"]["Statistics"];
            diskWriteBytesPerSecond?: components["schemas"]["Statistics"];
            networkRxBytesPerSecond?: components["schemas"]["Statistics"];
            networkTxBytesPerSecond?: components["schemas"]["Statistics"];
            processCount?: components["schemas"]["Statistics"];
            diskReadBytes?: components["schemas"]["Statistics"];
            diskWriteBytes?: components["schemas"]["Statistics"];
            networkRxBytes?: components["schemas"]["Statistics"];
            networkTxBytes?: components["schemas"]["Statistics"];
            throttledPercent?: components["schemas"]["Statistics"];
            throttledMillicores?: components["schemas"]["Statistics"];
            cpuSomePercent?: components["schemas"]["Statistics"];
            memorySomePercent?: components["schemas"]["Statistics"];
            memoryFullPercent?: components["schemas"]["Statistics"];
            ioSomePercent?: components["schemas"]["Statistics"];
            ioFullPercent?: components["schemas"]["Statistics"];
            swapBytes?: components["schemas"]["Statistics"];
        };
        /** @description With `window`. The same keys as `series`. */
        AggregateStatisticsByKey: {
            cpuMillicores?: components["schemas"]["Statistics"];
            memoryBytes?: components["schemas"]["Statistics"];
            memoryWorkingSetBytes?: components["schemas"]["Statistics"];
            memoryRssBytes?: components["schemas"]["Statistics"];
            diskReadBytesPerSecond?: components["schemas"]["Statistics"];
            diskWriteBytesPerSecond?: components["schemas"]["Statistics"];
            networkRxBytesPerSecond?: components["schemas"]["Statistics"];
            networkTxBytesPerSecond?: components["schemas"]["Statistics"];
            processCount?: components["schemas"]["Statistics"];
            throttledPercent?: components["schemas"]["Statistics"];
            throttledMillicores?: components["schemas"]["Statistics"];
            podCount?: components["schemas"]["Statistics"];
            nodeCount?: components["schemas"]["Statistics"];
        };
        Status: {
            version: string;
            commit?: string;
            compiler?: string;
            /** Format: date-time */
            startedAt?: string;
            uptimeSeconds: number;
            /** @description What /readyz says */
            ready: boolean;
            /** @description The resolution of stored series */
            intervalSeconds: number;
            retention: {
                configuredSeconds: number;
                /** @description How far back ticks are kept now: as configured, or less once the memory limit made the oldest go */
                effectiveSeconds: number;
                /** @description How far back the oldest tick held lies */
                heldSeconds?: number;
                /** Format: date-time */
                oldestTickAt?: string;
                /** Format: date-time */
                newestTickAt?: string;
            };
            nodes: {
                known: number;
                stale: number;
                /** @description Claimed by several collectors */
                conflicting: number;
                /** @description With a clock more than five minutes off */
                clockRefused: number;
                /** @description Of all nodes together */
                lostTicks: number;
                /** @description Whose collectors still give this server ticks of the past that it lacks, as after a start. Until it is 0 sums of the past are of the nodes that `nodeCount` and `podCount` tell for each step */
                owing: number;
                /** @description Of these nodes together */
                owedTicks: number;
            };
            /** @description Held, ended ones of the retention included */
            pods: number;
            /** @description Held, ended ones of the retention included */
            containers: number;
            /** @description Held: a value of an object over time is one */
            series: number;
            samples: {
                /** @description Values in memory */
                held: number;
                /** @description Values stored since the start */
                storedTotal: number;
                /** @description Values held, by the time they span */
                perSecond?: number;
            };
            ingest: {
                /** @description Reports received since the start */
                requests?: number;
                /** @description Age of the newest tick of any node */
                newestTickAgeSeconds?: number;
                /** @description From each node's newest tick to its arrival, stale nodes left out */
                arrivalLagAvgSeconds?: number;
                /** @description The slowest of those */
                arrivalLagMaxSeconds?: number;
                /** @description From the newest tick of the last accepted report to its arrival */
                reportLagLastSeconds?: number;
                /** @description The most of this minute and the last; replayed history counts */
                reportLagMaxSeconds?: number;
            };
            /** @description What was refused since the start, by reason. */
            refusals: {
                invalid?: number;
                /** @description Older than the effective retention */
                tooOld?: number;
                /** @description More than five minutes ahead */
                inFuture?: number;
                /** @description Of a node whose clock is more than five minutes off */
                clockSkew?: number;
                /** @description Of a collector whose place another one took */
                superseded?: number;
                /** @description Ticks that are not multiples of the interval */
                offGrid?: number;
                /** @description Too many nodes or objects, or more than fit into the memory limit */
                capacity?: number;
                /** @description Of a protocol version not spoken here */
                version?: number;
                total: number;
            };
            memory: {
                /** @description Of the process */
                residentBytes?: number;
                /** @description What all that is held takes, estimated: the sum of the next four */
                storeBytes: number;
                /** @description Compressed samples */
                blockBytes: number;
                /** @description Samples of the last minutes */
                openBlockBytes: number;
                /** @description Names, labels, limits and devices of nodes, pods and containers */
                objectBytes: number;
                /** @description Sums over the pods of each namespace */
                sumBytes: number;
                /** @description What storeBytes less sumBytes may come to; absent: anything. Where it is met the oldest samples go, see retention */
                limitBytes?: number;
            };
            /** @description How well the objects of Kubernetes are known. /readyz does not depend on it: without Kubernetes, names are what collectors send */
            kubernetes: {
                /** @enum {string} */
                mode: "off" | "in-cluster" | "kubeconfig";
                /**
                 * @description A kind is lost where it is forbidden, where it was never read and fails, where it was read and has been failing for 5 s or longer, and
                 *     where nothing was heard of it for three minutes. What is known of it stays.
                 *     synced: all kinds are read and none is lost; connecting: none is lost, but not all are read yet; partial: some are lost, others are
                 *     read and followed; stale: kinds were read, and all of them are lost; failed: none was read, and errors are all there is
                 * @enum {string}
                 */
                state: "off" | "connecting" | "synced" | "partial" | "stale" | "failed";
                /**
                 * @description Of the Kubernetes API
                 * @example https://10.96.0.1:443
                 */
                server?: string;
                /**
                 * @description Of the Kubernetes API
                 * @example v1.34.1
                 */
                version?: string;
                /**
                 * Format: date-time
                 * @description What is known was true at this time at least: the time of the oldest contact with any kind that was read. An open watch on which something came within 90 s is contact at this moment: changes would come at once
                 */
                lastSyncAt?: string;
                /** @description Since lastSyncAt; about 0 while all kinds are followed, however quiet the cluster is */
                ageSeconds?: number;
                kinds?: {
                    /** @example Deployment */
                    kind: string;
                    /** @enum {string} */
                    state: "synced" | "listing" | "forbidden" | "failing";
                    /** @description That exist, as far as is known */
                    objects: number;
                    /**
                     * Format: date-time
                     * @description Of a change, a bookmark, or the end of a list
                     */
                    lastEventAt?: string;
                    /** @description What is wrong */
                    error?: string;
                }[];
                /** @description What the objects take, estimated */
                bytes?: number;
            };
            http?: {
                requests?: number;
                /** @description Not well-formed, wrong method or Host */
                rejectedRequests?: number;
                handlerFailures?: number;
                /** @description Connections ended by a deadline */
                timedOut?: number;
                /** @description Now */
                connectionsOpen?: number;
                connectionsAccepted?: number;
                /** @description Closed to make room */
                connectionsEvicted?: number;
                /** @description Too many at once */
                connectionsRefused?: number;
                /** @description Too many being sent at once */
                longAnswersRefused?: number;
                /** @description Clients of /api/v1/stream now */
                streamsOpen?: number;
                /** @description Too many at once */
                streamsRefused?: number;
                /** @description Ended because their clients did not read */
                streamsUnread?: number;
            };
        };
        Version: {
            version: string;
            commit?: string;
            compiler?: string;
        };
        Index: {
            name: string;
            version: string;
            paths: string[];
        };
    };
    responses: {
        /** @description A parameter is unknown, repeated or out of range. `detail` names it, its value and what is allowed. */
        BadRequest: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description There is no such object. `detail` says where to look. */
        NotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The `continue` token is older than 60 s, or from before a restart. Begin the list again. */
        Gone: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The server has just started and no node has reported yet; or it is sending as many long answers as it can. Try again after `Retry-After`. */
        Unavailable: {
            headers: {
                /** @description Seconds */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: {
        /** @description The node's name in Kubernetes. */
        nodeName: string;
        /** @description A namespace. */
        namespaceName: string;
        /** @description The pod's name. */
        podName: string;
        /** @description The deployment's name. */
        deploymentName: string;
        /** @description The stateful set's name. */
        statefulSetName: string;
        /** @description The daemon set's name. */
        daemonSetName: string;
        /** @description The job's name. */
        jobName: string;
        /** @description The cron job's name. */
        cronJobName: string;
        /**
         * @description Whole seconds. Adds `window`, `series` and `statistics` of the ticks in (T − window, T], where T is `end` or, without it, the newest complete tick.
         * @example 300
         */
        window: number;
        /**
         * @description Seconds, a multiple of the server's interval; only with `window`. Each point is the mean of its step (for rates, difference by time), null if nothing was measured in it. Default: the interval.
         * @example 60
         */
        step: number;
        /**
         * @description Unix seconds. The instant T to show instead of the newest complete tick, rounded down to a tick and never past the newest complete one (`window.end` tells).
         * @example 1795455300
         */
        end: number;
        /**
         * @description Comma-separated keys that limit `usage`, `series` and `statistics`. Keys of `usage`, and beside them, for `series` and `statistics`, those of `throttling` (not of nodes), `pressure` and `swapBytes` (not of aggregates), and `podCount` and `nodeCount` (of aggregates). Short: `cpu` is cpuMillicores, `memory` is memoryBytes, `disk` and `network` are the two rates of each. Default: all keys of `usage`, null where nothing was measured, and the counts.
         * @example cpuMillicores,memoryBytes
         */
        metrics: string;
        /**
         * @description Comma-separated keys as in `metrics`, that limit `series` and `statistics` alone. Without it they have what `metrics` says.
         * @example cpuMillicores
         */
        series: string;
        /**
         * @description Only items with this in their name, in any case of letters.
         * @example web
         */
        search: string;
        /**
         * @description Only items that have this finding, or a container that has (see /api/v1/findings).
         * @example throttled
         */
        finding: "oomKilled" | "notReady" | "stale" | "restarting" | "pressure" | "nodeCondition" | "throttled" | "nearLimit" | "pending" | "noCollector" | "clockSkew" | "conflict";
        /**
         * @description What to look for. Without it nothing is found.
         * @example web
         */
        q: string;
        /**
         * @description Only what is in this namespace, on top of what the path says; see the paths.
         * @example default
         */
        namespace: string;
        /**
         * @description Only what is on this node, on top of what the path says; see the paths.
         * @example node-1
         */
        node: string;
        /**
         * @description Also pods that ended within the retention, marked `terminated`. `true` or `false` (or 1 or 0).
         * @example true
         */
        includeTerminated: boolean;
        /**
         * @description At most so many items; without it, all.
         * @example 50
         */
        limit: number;
        /** @description What the page before gave as `continue`: the page after it, of the same tick and in the same order, for 60 s after the first page; afterwards 410. All other parameters but `limit` must be those of the first page. Not together with `offset`. */
        continue: string;
        /**
         * @description Skips so many items. Items may come and go between two such requests; `continue` is safe against that.
         * @example 0
         */
        offset: number;
        /**
         * @description `name` (the default; namespace, name, uid), a key as in `metrics`, `oomKills`, or, of pods, `restartCount` or `startedAt`; `-` in front for descending; with `window` also `.avg`, `.max`, `.p95` or `.change` behind a key of `metrics`. `.change` is the mean of the window's newer half less that of its older half. Short: `cpu` is cpuMillicores, `memory` is memoryBytes, `disk` is diskWriteBytesPerSecond, `network` is networkRxBytesPerSecond. Items without a value stand last in either direction, equal ones by name.
         * @example -cpuMillicores
         */
        sort: string;
        /**
         * @description The pod's uid, where several pods had the name.
         * @example 00000000-0000-0000-0000-000000000000
         */
        uid: string;
        /**
         * @description Only workloads of these kinds, comma-separated, as Kubernetes writes them.
         * @example Deployment,StatefulSet
         */
        kind: string;
        /**
         * @description Only what has such labels, in Kubernetes' own grammar. Of pods the labels they are shown with; of nodes, namespaces and workloads those that Kubernetes tells: without it they have none.
         * @example app=web,tier in (front,back),!canary
         */
        labelSelector: string;
    };
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listNodes: {
        parameters: {
            query?: {
                /**
                 * @description Whole seconds. Adds `window`, `series` and `statistics` of the ticks in (T − window, T], where T is `end` or, without it, the newest complete tick.
                 * @example 300
                 */
                window?: components["parameters"]["window"];
                /**
                 * @description Seconds, a multiple of the server's interval; only with `window`. Each point is the mean of its step (for rates, difference by time), null if nothing was measured in it. Default: the interval.
                 * @example 60
                 */
                step?: components["parameters"]["step"];
                /**
                 * @description Unix seconds. The instant T to show instead of the newest complete tick, rounded down to a tick and never past the newest complete one (`window.end` tells).
                 * @example 1795455300
                 */
                end?: components["parameters"]["end"];
                /**
                 * @description Comma-separated keys that limit `usage`, `series` and `statistics`. Keys of `usage`, and beside them, for `series` and `statistics`, those of `throttling` (not of nodes), `pressure` and `swapBytes` (not of aggregates), and `podCount` and `nodeCount` (of aggregates). Short: `cpu` is cpuMillicores, `memory` is memoryBytes, `disk` and `network` are the two rates of each. Default: all keys of `usage`, null where nothing was measured, and the counts.
                 * @example cpuMillicores,memoryBytes
                 */
                metrics?: components["parameters"]["metrics"];
                /**
                 * @description Comma-separated keys as in `metrics`, that limit `series` and `statistics` alone. Without it they have what `metrics` says.
                 * @example cpuMillicores
                 */
                series?: components["parameters"]["series"];
                /**
                 * @description Only what is in this namespace, on top of what the path says; see the paths.
                 * @example default
                 */
                namespace?: components["parameters"]["namespace"];
                /**
                 * @description Only what is on this node, on top of what the path says; see the paths.
                 * @example node-1
                 */
                node?: components["parameters"]["node"];
                /**
                 * @description Also pods that ended within the retention, marked `terminated`. `true` or `false` (or 1 or 0).
                 * @example true
                 */
                includeTerminated?: components["parameters"]["includeTerminated"];
                /**
                 * @description At most so many items; without it, all.
                 * @example 50
                 */
                limit?: components["parameters"]["limit"];
                /** @description What the page before gave as `continue`: the page after it, of the same tick and in the same order, for 60 s after the first page; afterwards 410. All other parameters but `limit` must be those of the first page. Not together with `offset`. */
                continue?: components["parameters"]["continue"];
                /**
                 * @description Skips so many items. Items may come and go between two such requests; `continue` is safe against that.
                 * @example 0
                 */
                offset?: components["parameters"]["offset"];
                /**
                 * @description `name` (the default; namespace, name, uid), a key as in `metrics`, `oomKills`, or, of pods, `restartCount` or `startedAt`; `-` in front for descending; with `window` also `.avg`, `.max`, `.p95` or `.change` behind a key of `metrics`. `.change` is the mean of the window's newer half less that of its older half. Short: `cpu` is cpuMillicores, `memory` is memoryBytes, `disk` is diskWriteBytesPerSecond, `network` is networkRxBytesPerSecond. Items without a value stand last in either direction, equal ones by name.
                 * @example -cpuMillicores
                 */
                sort?: components["parameters"]["sort"];
                /**
                 * @description Only what has such labels, in Kubernetes' own grammar. Of pods the labels they are shown with; of nodes, namespaces and workloads those that Kubernetes tells: without it they have none.
                 * @example app=web,tier in (front,back),!canary
                 */
                labelSelector?: components["parameters"]["labelSelector"];
                /**
                 * @description Only items with this in their name, in any case of letters.
                 * @example web
                 */
                search?: components["parameters"]["search"];
                /**
                 * @description Only items that have this finding, or a container that has (see /api/v1/findings).
                 * @example throttled
                 */
                finding?: components["parameters"]["finding"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The list */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodeList"];
                };
            };
            400: components["responses"]["BadRequest"];
            410: components["responses"]["Gone"];
            503: components["responses"]["Unavailable"];
        };
    };
    getNode: {
        parameters: {
            query?: {
                /**
                 * @description Whole seconds. Adds `window`, `series` and `statistics` of the ticks in (T − window, T], where T is `end` or, without it, the newest complete tick.
                 * @example 300
                 */
                window?: components["parameters"]["window"];
                /**
                 * @description Seconds, a multiple of the server's interval; only with `window`. Each point is the mean of its step (for rates, difference by time), null if nothing was measured in it. Default: the interval.
                 * @example 60
                 */
                step?: components["parameters"]["step"];
                /**
                 * @description Unix seconds. The instant T to show instead of the newest complete tick, rounded down to a tick and never past the newest complete one (`window.end` tells).
                 * @example 1795455300
                 */
                end?: components["parameters"]["end"];
                /**
                 * @description Comma-separated keys that limit `usage`, `series` and `statistics`. Keys of `usage`, and beside them, for `series` and `statistics`, those of `throttling` (not of nodes), `pressure` and `swapBytes` (not of aggregates), and `podCount` and `nodeCount` (of aggregates). Short: `cpu` is cpuMillicores, `memory` is memoryBytes, `disk` and `network` are the two rates of each. Default: all keys of `usage`, null where nothing was measured, and the counts.
                 * @example cpuMillicores,memoryBytes
                 */
                metrics?: components["parameters"]["metrics"];
                /**
                 * @description Comma-separated keys as in `metrics`, that limit `series` and `statistics` alone. Without it they have what `metrics` says.
                 * @example cpuMillicores
                 */
                series?: components["parameters"]["series"];
            };
            header?: never;
            path: {
                /** @description The node's name in Kubernetes. */
                nodeName: components["parameters"]["nodeName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The node */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Node"];
                };
            };
            400: components["responses"]["BadRequest"];
            404: components["responses"]["NotFound"];
            503: components["responses"]["Unavailable"];
        };
    };
    listPodsOfNode: {
        parameters: {
            query?: {
                /**
                 * @description Whole seconds. Adds `window`, `series` and `statistics` of the ticks in (T − window, T], where T is `end` or, without it, the newest complete tick.
                 * @example 300
                 */
                window?: components["parameters"]["window"];
                /**
                 * @description Seconds, a multiple of the server's interval; only with `window`. Each point is the mean of its step (for rates, difference by time), null if nothing was measured in it. Default: the interval.
                 * @example 60
                 */
                step?: components["parameters"]["step"];
                /**
                 * @description Unix seconds. The instant T to show instead of the newest complete tick, rounded down to a tick and never past the newest complete one (`window.end` tells).
                 * @example 1795455300
                 */
                end?: components["parameters"]["end"];
                /**
                 * @description Comma-separated keys that limit `usage`, `series` and `statistics`. Keys of `usage`, and beside them, for `series` and `statistics`, those of `throttling` (not of nodes), `pressure` and `swapBytes` (not of aggregates), and `podCount` and `nodeCount` (of aggregates). Short: `cpu` is cpuMillicores, `memory` is memoryBytes, `disk` and `network` are the two rates of each. Default: all keys of `usage`, null where nothing was measured, and the counts.
                 * @example cpuMillicores,memoryBytes
                 */
                metrics?: components["parameters"]["metrics"];
                /**
                 * @description Comma-separated keys as in `metrics`, that limit `series` and `statistics` alone. Without it they have what `metrics` says.
                 * @example cpuMillicores
                 */
                series?: components["parameters"]["series"];
                /**
                 * @description Only what is in this namespace, on top of what the path says; see the paths.
                 * @example default
                 */
                namespace?: components["parameters"]["namespace"];
                /**
                 * @description Only what is on this node, on top of what the path says; see the paths.
                 * @example node-1
                 */
                node?: components["parameters"]["node"];
                /**
                 * @description Also pods that ended within the retention, marked `terminated`. `true` or `false` (or 1 or 0).
                 * @example true
                 */
                includeTerminated?: components["parameters"]["includeTerminated"];
                /**
                 * @description At most so many items; without it, all.
                 * @example 50
                 */
                limit?: components["parameters"]["limit"];
                /** @description What the page before gave as `continue`: the page after it, of the same tick and in the same order, for 60 s after the first page; afterwards 410. All other parameters but `limit` must be those of the first page. Not together with `offset`. */
                continue?: components["parameters"]["continue"];
                /**
                 * @description Skips so many items. Items may come and go between two such requests; `continue` is safe against that.
                 * @example 0
                 */
                offset?: components["parameters"]["offset"];
                /**
                 * @description `name` (the default; namespace, name, uid), a key as in `metrics`, `oomKills`, or, of pods, `restartCount` or `startedAt`; `-` in front for descending; with `window` also `.avg`, `.max`, `.p95` or `.change` behind a key of `metrics`. `.change` is the mean of the window's newer half less that of its older half. Short: `cpu` is cpuMillicores, `memory` is memoryBytes, `disk` is diskWriteBytesPerSecond, `network` is networkRxBytesPerSecond. Items without a value stand last in either direction, equal ones by name.
                 * @example -cpuMillicores
                 */
                sort?: components["parameters"]["sort"];
                /**
                 * @description Only what has such labels, in Kubernetes' own grammar. Of pods the labels they are shown with; of nodes, namespaces and workloads those that Kubernetes tells: without it they have none.
                 * @example app=web,tier in (front,back),!canary
                 */
                labelSelector?: components["parameters"]["labelSelector"];
                /**
                 * @description Only items with this in their name, in any case of letters.
                 * @example web
                 */
                search?: components["parameters"]["search"];
                /**
                 * @description Only items that have this finding, or a container that has (see /api/v1/findings).
                 * @example throttled
                 */
                finding?: components["parameters"]["finding"];
            };
            header?: never;
            path: {
                /** @description The node's name in Kubernetes. */
                nodeName: components["parameters"]["nodeName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The list */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PodList"];
                };
            };
            400: components["responses"]["BadRequest"];
            404: components["responses"]["NotFound"];
            410: components["responses"]["Gone"];
            503: components["responses"]["Unavailable"];
        };
    };
    listPods: {
        parameters: {
            query?: {
                /**
                 * @description Whole seconds. Adds `window`, `series` and `statistics` of the ticks in (T − window, T], where T is `end` or, without it, the newest complete tick.
                 * @example 300
                 */
                window?: components["parameters"]["window"];
                /**
                 * @description Seconds, a multiple of the server's interval; only with `window`. Each point is the mean of its step (for rates, difference by time), null if nothing was measured in it. Default: the interval.
                 * @example 60
                 */
                step?: components["parameters"]["step"];
                /**
                 * @description Unix seconds. The instant T to show instead of the newest complete tick, rounded down to a tick and never past the newest complete one (`window.end` tells).
                 * @example 1795455300
                 */
                end?: components["parameters"]["end"];
                /**
                 * @description Comma-separated keys that limit `usage`, `series` and `statistics`. Keys of `usage`, and beside them, for `series` and `statistics`, those of `throttling` (not of nodes), `pressure` and `swapBytes` (not of aggregates), and `podCount` and `nodeCount` (of aggregates). Short: `cpu` is cpuMillicores, `memory` is memoryBytes, `disk` and `network` are the two rates of each. Default: all keys of `usage`, null where nothing was measured, and the counts.
                 * @example cpuMillicores,memoryBytes
                 */
                metrics?: components["parameters"]["metrics"];
                /**
                 * @description Comma-separated keys as in `metrics`, that limit `series` and `statistics` alone. Without it they have what `metrics` says.
                 * @example cpuMillicores
                 */
                series?: components["parameters"]["series"];
                /**
                 * @description Only what is in this namespace, on top of what the path says; see the paths.
                 * @example default
                 */
                namespace?: components["parameters"]["namespace"];
                /**
                 * @description Only what is on this node, on top of what the path says; see the paths.
                 * @example node-1
                 */
                node?: components["parameters"]["node"];
                /**
                 * @description Also pods that ended within the retention, marked `terminated`. `true` or `false` (or 1 or 0).
                 * @example true
                 */
                includeTerminated?: components["parameters"]["includeTerminated"];
                /**
                 * @description At most so many items; without it, all.
                 * @example 50
                 */
                limit?: components["parameters"]["limit"];
                /** @description What the page before gave as `continue`: the page after it, of the same tick and in the same order, for 60 s after the first page; afterwards 410. All other parameters but `limit` must be those of the first page. Not together with `offset`. */
                continue?: components["parameters"]["continue"];
                /**
                 * @description Skips so many items. Items may come and go between two such requests; `continue` is safe against that.
                 * @example 0
                 */
                offset?: components["parameters"]["offset"];
                /**
                 * @description `name` (the default; namespace, name, uid), a key as in `metrics`, `oomKills`, or, of pods, `restartCount` or `startedAt`; `-` in front for descending; with `window` also `.avg`, `.max`, `.p95` or `.change` behind a key of `metrics`. `.change` is the mean of the window's newer half less that of its older half. Short: `cpu` is cpuMillicores, `memory` is memoryBytes, `disk` is diskWriteBytesPerSecond, `network` is networkRxBytesPerSecond. Items without a value stand last in either direction, equal ones by name.
                 * @example -cpuMillicores
                 */
                sort?: components["parameters"]["sort"];
                /**
                 * @description Only what has such labels, in Kubernetes' own grammar. Of pods the labels they are shown with; of nodes, namespaces and workloads those that Kubernetes tells: without it they have none.
                 * @example app=web,tier in (front,back),!canary
                 */
                labelSelector?: components["parameters"]["labelSelector"];
                /**
                 * @description Only items with this in their name, in any case of letters.
                 * @example web
                 */
                search?: components["parameters"]["search"];
                /**
                 * @description Only items that have this finding, or a container that has (see /api/v1/findings).
                 * @example throttled
                 */
                finding?: components["parameters"]["finding"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The list */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PodList"];
                };
            };
            400: components["responses"]["BadRequest"];
            410: components["responses"]["Gone"];
            503: components["responses"]["Unavailable"];
        };
    };
    listNamespaces: {
        parameters: {
            query?: {
                /**
                 * @description Whole seconds. Adds `window`, `series` and `statistics` of the ticks in (T − window, T], where T is `end` or, without it, the newest complete tick.
                 * @example 300
                 */
                window?: components["parameters"]["window"];
                /**
                 * @description Seconds, a multiple of the server's interval; only with `window`. Each point is the mean of its step (for rates, difference by time), null if nothing was measured in it. Default: the interval.
                 * @example 60
                 */
                step?: components["parameters"]["step"];
                /**
                 * @description Unix seconds. The instant T to show instead of the newest complete tick, rounded down to a tick and never past the newest complete one (`window.end` tells).
                 * @example 1795455300
                 */
                end?: components["parameters"]["end"];
                /**
                 * @description Comma-separated keys that limit `usage`, `series` and `statistics`. Keys of `usage`, and beside them, for `series` and `statistics`, those of `throttling` (not of nodes), `pressure` and `swapBytes` (not of aggregates), and `podCount` and `nodeCount` (of aggregates). Short: `cpu` is cpuMillicores, `memory` is memoryBytes, `disk` and `network` are the two rates of each. Default: all keys of `usage`, null where nothing was measured, and the counts.
                 * @example cpuMillicores,memoryBytes
                 */
                metrics?: components["parameters"]["metrics"];
                /**
                 * @description Comma-separated keys as in `metrics`, that limit `series` and `statistics` alone. Without it they have what `metrics` says.
                 * @example cpuMillicores
                 */
                series?: components["parameters"]["series"];
                /**
                 * @description Only what is in this namespace, on top of what the path says; see the paths.
                 * @example default
                 */
                namespace?: components["parameters"]["namespace"];
                /**
                 * @description Only what is on this node, on top of what the path says; see the paths.
                 * @example node-1
                 */
                node?: components["parameters"]["node"];
                /**
                 * @description Also pods that ended within the retention, marked `terminated`. `true` or `false` (or 1 or 0).
                 * @example true
                 */
                includeTerminated?: components["parameters"]["includeTerminated"];
                /**
                 * @description At most so many items; without it, all.
                 * @example 50
                 */
                limit?: components["parameters"]["limit"];
                /** @description What the page before gave as `continue`: the page after it, of the same tick and in the same order, for 60 s after the first page; afterwards 410. All other parameters but `limit` must be those of the first page. Not together with `offset`. */
                continue?: components["parameters"]["continue"];
                /**
                 * @description Skips so many items. Items may come and go between two such requests; `continue` is safe against that.
                 * @example 0
                 */
                offset?: components["parameters"]["offset"];
                /**
                 * @description `name` (the default; namespace, name, uid), a key as in `metrics`, `oomKills`, or, of pods, `restartCount` or `startedAt`; `-` in front for descending; with `window` also `.avg`, `.max`, `.p95` or `.change` behind a key of `metrics`. `.change` is the mean of the window's newer half less that of its older half. Short: `cpu` is cpuMillicores, `memory` is memoryBytes, `disk` is diskWriteBytesPerSecond, `network` is networkRxBytesPerSecond. Items without a value stand last in either direction, equal ones by name.
                 * @example -cpuMillicores
                 */
                sort?: components["parameters"]["sort"];
                /**
                 * @description Only items with this in their name, in any case of letters.
                 * @example web
                 */
                search?: components["parameters"]["search"];
                /**
                 * @description Only what has such labels, in Kubernetes' own grammar. Of pods the labels they are shown with; of nodes, namespaces and workloads those that Kubernetes tells: without it they have none.
                 * @example app=web,tier in (front,back),!canary
                 */
                labelSelector?: components["parameters"]["labelSelector"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The list */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NamespaceList"];
                };
            };
            400: components["responses"]["BadRequest"];
            410: components["responses"]["Gone"];
            503: components["responses"]["Unavailable"];
        };
    };
    getNamespace: {
        parameters: {
            query?: {
                /**
                 * @description Whole seconds. Adds `window`, `series` and `statistics` of the ticks in (T − window, T], where T is `end` or, without it, the newest complete tick.
                 * @example 300
                 */
                window?: components["parameters"]["window"];
                /**
                 * @description Seconds, a multiple of the server's interval; only with `window`. Each point is the mean of its step (for rates, difference by time), null if nothing was measured in it. Default: the interval.
                 * @example 60
                 */
                step?: components["parameters"]["step"];
                /**
                 * @description Unix seconds. The instant T to show instead of the newest complete tick, rounded down to a tick and never past the newest complete one (`window.end` tells).
                 * @example 1795455300
                 */
                end?: components["parameters"]["end"];
                /**
                 * @description Comma-separated keys that limit `usage`, `series` and `statistics`. Keys of `usage`, and beside them, for `series` and `statistics`, those of `throttling` (not of nodes), `pressure` and `swapBytes` (not of aggregates), and `podCount` and `nodeCount` (of aggregates). Short: `cpu` is cpuMillicores, `memory` is memoryBytes, `disk` and `network` are the two rates of each. Default: all keys of `usage`, null where nothing was measured, and the counts.
                 * @example cpuMillicores,memoryBytes
                 */
                metrics?: components["parameters"]["metrics"];
                /**
                 * @description Comma-separated keys as in `metrics`, that limit `series` and `statistics` alone. Without it they have what `metrics` says.
                 * @example cpuMillicores
                 */
                series?: components["parameters"]["series"];
            };
            header?: never;
            path: {
                /** @description A namespace. */
                namespace: components["parameters"]["namespaceName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The namespace */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Namespace"];
                };
            };
            400: components["responses"]["BadRequest"];
            404: components["responses"]["NotFound"];
            503: components["responses"]["Unavailable"];
        };
    };
    listPodsOfNamespace: {
        parameters: {
            query?: {
                /**
                 * @description Whole seconds. Adds `window`, `series` and `statistics` of the ticks in (T − window, T], where T is `end` or, without it, the newest complete tick.
                 * @example 300
                 */
                window?: components["parameters"]["window"];
                /**
                 * @description Seconds, a multiple of the server's interval; only with `window`. Each point is the mean of its step (for rates, difference by time), null if nothing was measured in it. Default: the interval.
                 * @example 60
                 */
                step?: components["parameters"]["step"];
                /**
                 * @description Unix seconds. The instant T to show instead of the newest complete tick, rounded down to a tick and never past the newest complete one (`window.end` tells).
                 * @example 1795455300
                 */
                end?: components["parameters"]["end"];
                /**
                 * @description Comma-separated keys that limit `usage`, `series` and `statistics`. Keys of `usage`, and beside them, for `series` and `statistics`, those of `throttling` (not of nodes), `pressure` and `swapBytes` (not of aggregates), and `podCount` and `nodeCount` (of aggregates). Short: `cpu` is cpuMillicores, `memory` is memoryBytes, `disk` and `network` are the two rates of each. Default: all keys of `usage`, null where nothing was measured, and the counts.
                 * @example cpuMillicores,memoryBytes
                 */
                metrics?: components["parameters"]["metrics"];
                /**
                 * @description Comma-separated keys as in `metrics`, that limit `series` and `statistics` alone. Without it they have what `metrics` says.
                 * @example cpuMillicores
                 */
                series?: components["parameters"]["series"];
                /**
                 * @description Only what is in this namespace, on top of what the path says; see the paths.
                 * @example default
                 */
                namespace?: components["parameters"]["namespace"];
                /**
                 * @description Only what is on this node, on top of what the path says; see the paths.
                 * @example node-1
                 */
                node?: components["parameters"]["node"];
                /**
                 * @description Also pods that ended within the retention, marked `terminated`. `true` or `false` (or 1 or 0).
                 * @example true
                 */
                includeTerminated?: components["parameters"]["includeTerminated"];
                /**
                 * @description At most so many items; without it, all.
                 * @example 50
                 */
                limit?: components["parameters"]["limit"];
                /** @description What the page before gave as `continue`: the page after it, of the same tick and in the same order, for 60 s after the first page; afterwards 410. All other parameters but `limit` must be those of the first page. Not together with `offset`. */
                continue?: components["parameters"]["continue"];
                /**
                 * @description Skips so many items. Items may come and go between two such requests; `continue` is safe against that.
                 * @example 0
                 */
                offset?: components["parameters"]["offset"];
                /**
                 * @description `name` (the default; namespace, name, uid), a key as in `metrics`, `oomKills`, or, of pods, `restartCount` or `startedAt`; `-` in front for descending; with `window` also `.avg`, `.max`, `.p95` or `.change` behind a key of `metrics`. `.change` is the mean of the window's newer half less that of its older half. Short: `cpu` is cpuMillicores, `memory` is memoryBytes, `disk` is diskWriteBytesPerSecond, `network` is networkRxBytesPerSecond. Items without a value stand last in either direction, equal ones by name.
                 * @example -cpuMillicores
                 */
                sort?: components["parameters"]["sort"];
                /**
                 * @description Only what has such labels, in Kubernetes' own grammar. Of pods the labels they are shown with; of nodes, namespaces and workloads those that Kubernetes tells: without it they have none.
                 * @example app=web,tier in (front,back),!canary
                 */
                labelSelector?: components["parameters"]["labelSelector"];
                /**
                 * @description Only items with this in their name, in any case of letters.
                 * @example web
                 */
                search?: components["parameters"]["search"];
                /**
                 * @description Only items that have this finding, or a container that has (see /api/v1/findings).
                 * @example throttled
                 */
                finding?: components["parameters"]["finding"];
            };
            header?: never;
            path: {
                /** @description A namespace. */
                namespace: components["parameters"]["namespaceName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The list */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PodList"];
                };
            };
            400: components["responses"]["BadRequest"];
            410: components["responses"]["Gone"];
            503: components["responses"]["Unavailable"];
        };
    };
    getPod: {
        parameters: {
            query?: {
                /**
                 * @description Whole seconds. Adds `window`, `series` and `statistics` of the ticks in (T − window, T], where T is `end` or, without it, the newest complete tick.
                 * @example 300
                 */
                window?: components["parameters"]["window"];
                /**
                 * @description Seconds, a multiple of the server's interval; only with `window`. Each point is the mean of its step (for rates, difference by time), null if nothing was measured in it. Default: the interval.
                 * @example 60
                 */
                step?: components["parameters"]["step"];
                /**
                 * @description Unix seconds. The instant T to show instead of the newest complete tick, rounded down to a tick and never past the newest complete one (`window.end` tells).
                 * @example 1795455300
                 */
                end?: components["parameters"]["end"];
                /**
                 * @description Comma-separated keys that limit `usage`, `series` and `statistics`. Keys of `usage`, and beside them, for `series` and `statistics`, those of `throttling` (not of nodes), `pressure` and `swapBytes` (not of aggregates), and `podCount` and `nodeCount` (of aggregates). Short: `cpu` is cpuMillicores, `memory` is memoryBytes, `disk` and `network` are the two rates of each. Default: all keys of `usage`, null where nothing was measured, and the counts.
                 * @example cpuMillicores,memoryBytes
                 */
                metrics?: components["parameters"]["metrics"];
                /**
                 * @description Comma-separated keys as in `metrics`, that limit `series` and `statistics` alone. Without it they have what `metrics` says.
                 * @example cpuMillicores
                 */
                series?: components["parameters"]["series"];
                /**
                 * @description The pod's uid, where several pods had the name.
                 * @example 00000000-0000-0000-0000-000000000000
                 */
                uid?: components["parameters"]["uid"];
                /**
                 * @description Also pods that ended within the retention, marked `terminated`. `true` or `false` (or 1 or 0).
                 * @example true
                 */
                includeTerminated?: components["parameters"]["includeTerminated"];
            };
            header?: never;
            path: {
                /** @description A namespace. */
                namespace: components["parameters"]["namespaceName"];
                /** @description The pod's name. */
                podName: components["parameters"]["podName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The pod */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Pod"];
                };
            };
            400: components["responses"]["BadRequest"];
            404: components["responses"]["NotFound"];
            503: components["responses"]["Unavailable"];
        };
    };
    listWorkloads: {
        parameters: {
            query?: {
                /**
                 * @description Whole seconds. Adds `window`, `series` and `statistics` of the ticks in (T − window, T], where T is `end` or, without it, the newest complete tick.
                 * @example 300
                 */
                window?: components["parameters"]["window"];
                /**
                 * @description Seconds, a multiple of the server's interval; only with `window`. Each point is the mean of its step (for rates, difference by time), null if nothing was measured in it. Default: the interval.
                 * @example 60
                 */
                step?: components["parameters"]["step"];
                /**
                 * @description Unix seconds. The instant T to show instead of the newest complete tick, rounded down to a tick and never past the newest complete one (`window.end` tells).
                 * @example 1795455300
                 */
                end?: components["parameters"]["end"];
                /**
                 * @description Comma-separated keys that limit `usage`, `series` and `statistics`. Keys of `usage`, and beside them, for `series` and `statistics`, those of `throttling` (not of nodes), `pressure` and `swapBytes` (not of aggregates), and `podCount` and `nodeCount` (of aggregates). Short: `cpu` is cpuMillicores, `memory` is memoryBytes, `disk` and `network` are the two rates of each. Default: all keys of `usage`, null where nothing was measured, and the counts.
                 * @example cpuMillicores,memoryBytes
                 */
                metrics?: components["parameters"]["metrics"];
                /**
                 * @description Comma-separated keys as in `metrics`, that limit `series` and `statistics` alone. Without it they have what `metrics` says.
                 * @example cpuMillicores
                 */
                series?: components["parameters"]["series"];
                /**
                 * @description Only what is in this namespace, on top of what the path says; see the paths.
                 * @example default
                 */
                namespace?: components["parameters"]["namespace"];
                /**
                 * @description Only what is on this node, on top of what the path says; see the paths.
                 * @example node-1
                 */
                node?: components["parameters"]["node"];
                /**
                 * @description Also pods that ended within the retention, marked `terminated`. `true` or `false` (or 1 or 0).
                 * @example true
                 */
                includeTerminated?: components["parameters"]["includeTerminated"];
                /**
                 * @description At most so many items; without it, all.
                 * @example 50
                 */
                limit?: components["parameters"]["limit"];
                /** @description What the page before gave as `continue`: the page after it, of the same tick and in the same order, for 60 s after the first page; afterwards 410. All other parameters but `limit` must be those of the first page. Not together with `offset`. */
                continue?: components["parameters"]["continue"];
                /**
                 * @description Skips so many items. Items may come and go between two such requests; `continue` is safe against that.
                 * @example 0
                 */
                offset?: components["parameters"]["offset"];
                /**
                 * @description `name` (the default; namespace, name, uid), a key as in `metrics`, `oomKills`, or, of pods, `restartCount` or `startedAt`; `-` in front for descending; with `window` also `.avg`, `.max`, `.p95` or `.change` behind a key of `metrics`. `.change` is the mean of the window's newer half less that of its older half. Short: `cpu` is cpuMillicores, `memory` is memoryBytes, `disk` is diskWriteBytesPerSecond, `network` is networkRxBytesPerSecond. Items without a value stand last in either direction, equal ones by name.
                 * @example -cpuMillicores
                 */
                sort?: components["parameters"]["sort"];
                /**
                 * @description Only items with this in their name, in any case of letters.
                 * @example web
                 */
                search?: components["parameters"]["search"];
                /**
                 * @description Only what has such labels, in Kubernetes' own grammar. Of pods the labels they are shown with; of nodes, namespaces and workloads those that Kubernetes tells: without it they have none.
                 * @example app=web,tier in (front,back),!canary
                 */
                labelSelector?: components["parameters"]["labelSelector"];
                /**
                 * @description Only workloads of these kinds, comma-separated, as Kubernetes writes them.
                 * @example Deployment,StatefulSet
                 */
                kind?: components["parameters"]["kind"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The list */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkloadList"];
                };
            };
            400: components["responses"]["BadRequest"];
            410: components["responses"]["Gone"];
            503: components["responses"]["Unavailable"];
        };
    };
    listDeployments: {
        parameters: {
            query?: {
                /**
                 * @description Whole seconds. Adds `window`, `series` and `statistics` of the ticks in (T − window, T], where T is `end` or, without it, the newest complete tick.
                 * @example 300
                 */
                window?: components["parameters"]["window"];
                /**
                 * @description Seconds, a multiple of the server's interval; only with `window`. Each point is the mean of its step (for rates, difference by time), null if nothing was measured in it. Default: the interval.
                 * @example 60
                 */
                step?: components["parameters"]["step"];
                /**
                 * @description Unix seconds. The instant T to show instead of the newest complete tick, rounded down to a tick and never past the newest complete one (`window.end` tells).
                 * @example 1795455300
                 */
                end?: components["parameters"]["end"];
                /**
                 * @description Comma-separated keys that limit `usage`, `series` and `statistics`. Keys of `usage`, and beside them, for `series` and `statistics`, those of `throttling` (not of nodes), `pressure` and `swapBytes` (not of aggregates), and `podCount` and `nodeCount` (of aggregates). Short: `cpu` is cpuMillicores, `memory` is memoryBytes, `disk` and `network` are the two rates of each. Default: all keys of `usage`, null where nothing was measured, and the counts.
                 * @example cpuMillicores,memoryBytes
                 */
                metrics?: components["parameters"]["metrics"];
                /**
                 * @description Comma-separated keys as in `metrics`, that limit `series` and `statistics` alone. Without it they have what `metrics` says.
                 * @example cpuMillicores
                 */
                series?: components["parameters"]["series"];
                /**
                 * @description Only what is in this namespace, on top of what the path says; see the paths.
                 * @example default
                 */
                namespace?: components["parameters"]["namespace"];
                /**
                 * @description Only what is on this node, on top of what the path says; see the paths.
                 * @example node-1
                 */
                node?: components["parameters"]["node"];
                /**
                 * @description Also pods that ended within the retention, marked `terminated`. `true` or `false` (or 1 or 0).
                 * @example true
                 */
                includeTerminated?: components["parameters"]["includeTerminated"];
                /**
                 * @description At most so many items; without it, all.
                 * @example 50
                 */
                limit?: components["parameters"]["limit"];
                /** @description What the page before gave as `continue`: the page after it, of the same tick and in the same order, for 60 s after the first page; afterwards 410. All other parameters but `limit` must be those of the first page. Not together with `offset`. */
                continue?: components["parameters"]["continue"];
                /**
                 * @description Skips so many items. Items may come and go between two such requests; `continue` is safe against that.
                 * @example 0
                 */
                offset?: components["parameters"]["offset"];
                /**
                 * @description `name` (the default; namespace, name, uid), a key as in `metrics`, `oomKills`, or, of pods, `restartCount` or `startedAt`; `-` in front for descending; with `window` also `.avg`, `.max`, `.p95` or `.change` behind a key of `metrics`. `.change` is the mean of the window's newer half less that of its older half. Short: `cpu` is cpuMillicores, `memory` is memoryBytes, `disk` is diskWriteBytesPerSecond, `network` is networkRxBytesPerSecond. Items without a value stand last in either direction, equal ones by name.
                 * @example -cpuMillicores
                 */
                sort?: components["parameters"]["sort"];
                /**
                 * @description Only items with this in their name, in any case of letters.
                 * @example web
                 */
                search?: components["parameters"]["search"];
                /**
                 * @description Only what has such labels, in Kubernetes' own grammar. Of pods the labels they are shown with; of nodes, namespaces and workloads those that Kubernetes tells: without it they have none.
                 * @example app=web,tier in (front,back),!canary
                 */
                labelSelector?: components["parameters"]["labelSelector"];
            };
            header?: never;
            path: {
                /** @description A namespace. */
                namespace: components["parameters"]["namespaceName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The list */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkloadList"];
                };
            };
            400: components["responses"]["BadRequest"];
            410: components["responses"]["Gone"];
            503: components["responses"]["Unavailable"];
        };
    };
    getDeployment: {
        parameters: {
            query?: {
                /**
                 * @description Whole seconds. Adds `window`, `series` and `statistics` of the ticks in (T − window, T], where T is `end` or, without it, the newest complete tick.
                 * @example 300
                 */
                window?: components["parameters"]["window"];
                /**
                 * @description Seconds, a multiple of the server's interval; only with `window`. Each point is the mean of its step (for rates, difference by time), null if nothing was measured in it. Default: the interval.
                 * @example 60
                 */
                step?: components["parameters"]["step"];
                /**
                 * @description Unix seconds. The instant T to show instead of the newest complete tick, rounded down to a tick and never past the newest complete one (`window.end` tells).
                 * @example 1795455300
                 */
                end?: components["parameters"]["end"];
                /**
                 * @description Comma-separated keys that limit `usage`, `series` and `statistics`. Keys of `usage`, and beside them, for `series` and `statistics`, those of `throttling` (not of nodes), `pressure` and `swapBytes` (not of aggregates), and `podCount` and `nodeCount` (of aggregates). Short: `cpu` is cpuMillicores, `memory` is memoryBytes, `disk` and `network` are the two rates of each. Default: all keys of `usage`, null where nothing was measured, and the counts.
                 * @example cpuMillicores,memoryBytes
                 */
                metrics?: components["parameters"]["metrics"];
                /**
                 * @description Comma-separated keys as in `metrics`, that limit `series` and `statistics` alone. Without it they have what `metrics` says.
                 * @example cpuMillicores
                 */
                series?: components["parameters"]["series"];
            };
            header?: never;
            path: {
                /** @description A namespace. */
                namespace: components["parameters"]["namespaceName"];
                /** @description The deployment's name. */
                deploymentName: components["parameters"]["deploymentName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The workload */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Workload"];
                };
            };
            400: components["responses"]["BadRequest"];
            404: components["responses"]["NotFound"];
            503: components["responses"]["Unavailable"];
        };
    };
    listPodsOfDeployment: {
        parameters: {
            query?: {
                /**
                 * @description Whole seconds. Adds `window`, `series` and `statistics` of the ticks in (T − window, T], where T is `end` or, without it, the newest complete tick.
                 * @example 300
                 */
                window?: components["parameters"]["window"];
                /**
                 * @description Seconds, a multiple of the server's interval; only with `window`. Each point is the mean of its step (for rates, difference by time), null if nothing was measured in it. Default: the interval.
                 * @example 60
                 */
                step?: components["parameters"]["step"];
                /**
                 * @description Unix seconds. The instant T to show instead of the newest complete tick, rounded down to a tick and never past the newest complete one (`window.end` tells).
                 * @example 1795455300
                 */
                end?: components["parameters"]["end"];
                /**
                 * @description Comma-separated keys that limit `usage`, `series` and `statistics`. Keys of `usage`, and beside them, for `series` and `statistics`, those of `throttling` (not of nodes), `pressure` and `swapBytes` (not of aggregates), and `podCount` and `nodeCount` (of aggregates). Short: `cpu` is cpuMillicores, `memory` is memoryBytes, `disk` and `network` are the two rates of each. Default: all keys of `usage`, null where nothing was measured, and the counts.
                 * @example cpuMillicores,memoryBytes
                 */
                metrics?: components["parameters"]["metrics"];
                /**
                 * @description Comma-separated keys as in `metrics`, that limit `series` and `statistics` alone. Without it they have what `metrics` says.
                 * @example cpuMillicores
                 */
                series?: components["parameters"]["series"];
                /**
                 * @description Only what is in this namespace, on top of what the path says; see the paths.
                 * @example default
                 */
                namespace?: components["parameters"]["namespace"];
                /**
                 * @description Only what is on this node, on top of what the path says; see the paths.
                 * @example node-1
                 */
                node?: components["parameters"]["node"];
                /**
                 * @description Also pods that ended within the retention, marked `terminated`. `true` or `false` (or 1 or 0).
                 * @example true
                 */
                includeTerminated?: components["parameters"]["includeTerminated"];
                /**
                 * @description At most so many items; without it, all.
                 * @example 50
                 */
                limit?: components["parameters"]["limit"];
                /** @description What the page before gave as `continue`: the page after it, of the same tick and in the same order, for 60 s after the first page; afterwards 410. All other parameters but `limit` must be those of the first page. Not together with `offset`. */
                continue?: components["parameters"]["continue"];
                /**
                 * @description Skips so many items. Items may come and go between two such requests; `continue` is safe against that.
                 * @example 0
                 */
                offset?: components["parameters"]["offset"];
                /**
                 * @description `name` (the default; namespace, name, uid), a key as in `metrics`, `oomKills`, or, of pods, `restartCount` or `startedAt`; `-` in front for descending; with `window` also `.avg`, `.max`, `.p95` or `.change` behind a key of `metrics`. `.change` is the mean of the window's newer half less that of its older half. Short: `cpu` is cpuMillicores, `memory` is memoryBytes, `disk` is diskWriteBytesPerSecond, `network` is networkRxBytesPerSecond. Items without a value stand last in either direction, equal ones by name.
                 * @example -cpuMillicores
                 */
                sort?: components["parameters"]["sort"];
                /**
                 * @description Only what has such labels, in Kubernetes' own grammar. Of pods the labels they are shown with; of nodes, namespaces and workloads those that Kubernetes tells: without it they have none.
                 * @example app=web,tier in (front,back),!canary
                 */
                labelSelector?: components["parameters"]["labelSelector"];
                /**
                 * @description Only items with this in their name, in any case of letters.
                 * @example web
                 */
                search?: components["parameters"]["search"];
                /**
                 * @description Only items that have this finding, or a container that has (see /api/v1/findings).
                 * @example throttled
                 */
                finding?: components["parameters"]["finding"];
            };
            header?: never;
            path: {
                /** @description A namespace. */
                namespace: components["parameters"]["namespaceName"];
                /** @description The deployment's name. */
                deploymentName: components["parameters"]["deploymentName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The list */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PodList"];
                };
            };
            400: components["responses"]["BadRequest"];
            404: components["responses"]["NotFound"];
            410: components["responses"]["Gone"];
            503: components["responses"]["Unavailable"];
        };
    };
    listStatefulSets: {
        parameters: {
            query?: {
                /**
                 * @description Whole seconds. Adds `window`, `series` and `statistics` of the ticks in (T − window, T], where T is `end` or, without it, the newest complete tick.
                 * @example 300
                 */
                window?: components["parameters"]["window"];
                /**
                 * @description Seconds, a multiple of the server's interval; only with `window`. Each point is the mean of its step (for rates, difference by time), null if nothing was measured in it. Default: the interval.
                 * @example 60
                 */
                step?: components["parameters"]["step"];
                /**
                 * @description Unix seconds. The instant T to show instead of the newest complete tick, rounded down to a tick and never past the newest complete one (`window.end` tells).
                 * @example 1795455300
                 */
                end?: components["parameters"]["end"];
                /**
                 * @description Comma-separated keys that limit `usage`, `series` and `statistics`. Keys of `usage`, and beside them, for `series` and `statistics`, those of `throttling` (not of nodes), `pressure` and `swapBytes` (not of aggregates), and `podCount` and `nodeCount` (of aggregates). Short: `cpu` is cpuMillicores, `memory` is memoryBytes, `disk` and `network` are the two rates of each. Default: all keys of `usage`, null where nothing was measured, and the counts.
                 * @example cpuMillicores,memoryBytes
                 */
                metrics?: components["parameters"]["metrics"];
                /**
                 * @description Comma-separated keys as in `metrics`, that limit `series` and `statistics` alone. Without it they have what `metrics` says.
                 * @example cpuMillicores
                 */
                series?: components["parameters"]["series"];
                /**
                 * @description Only what is in this namespace, on top of what the path says; see the paths.
                 * @example default
                 */
                namespace?: components["parameters"]["namespace"];
                /**
                 * @description Only what is on this node, on top of what the path says; see the paths.
                 * @example node-1
                 */
                node?: components["parameters"]["node"];
                /**
                 * @description Also pods that ended within the retention, marked `terminated`. `true` or `false` (or 1 or 0).
                 * @example true
                 */
                includeTerminated?: components["parameters"]["includeTerminated"];
                /**
                 * @description At most so many items; without it, all.
                 * @example 50
                 */
                limit?: components["parameters"]["limit"];
                /** @description What the page before gave as `continue`: the page after it, of the same tick and in the same order, for 60 s after the first page; afterwards 410. All other parameters but `limit` must be those of the first page. Not together with `offset`. */
                continue?: components["parameters"]["continue"];
                /**
                 * @description Skips so many items. Items may come and go between two such requests; `continue` is safe against that.
                 * @example 0
                 */
                offset?: components["parameters"]["offset"];
                /**
                 * @description `name` (the default; namespace, name, uid), a key as in `metrics`, `oomKills`, or, of pods, `restartCount` or `startedAt`; `-` in front for descending; with `window` also `.avg`, `.max`, `.p95` or `.change` behind a key of `metrics`. `.change` is the mean of the window's newer half less that of its older half. Short: `cpu` is cpuMillicores, `memory` is memoryBytes, `disk` is diskWriteBytesPerSecond, `network` is networkRxBytesPerSecond. Items without a value stand last in either direction, equal ones by name.
                 * @example -cpuMillicores
                 */
                sort?: components["parameters"]["sort"];
                /**
                 * @description Only items with this in their name, in any case of letters.
                 * @example web
                 */
                search?: components["parameters"]["search"];
                /**
                 * @description Only what has such labels, in Kubernetes' own grammar. Of pods the labels they are shown with; of nodes, namespaces and workloads those that Kubernetes tells: without it they have none.
                 * @example app=web,tier in (front,back),!canary
                 */
                labelSelector?: components["parameters"]["labelSelector"];
            };
            header?: never;
            path: {
                /** @description A namespace. */
                namespace: components["parameters"]["namespaceName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The list */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkloadList"];
                };
            };
            400: components["responses"]["BadRequest"];
            410: components["responses"]["Gone"];
            503: components["responses"]["Unavailable"];
        };
    };
    getStatefulSet: {
        parameters: {
            query?: {
                /**
                 * @description Whole seconds. Adds `window`, `series` and `statistics` of the ticks in (T − window, T], where T is `end` or, without it, the newest complete tick.
                 * @example 300
                 */
                window?: components["parameters"]["window"];
                /**
                 * @description Seconds, a multiple of the server's interval; only with `window`. Each point is the mean of its step (for rates, difference by time), null if nothing was measured in it. Default: the interval.
                 * @example 60
                 */
                step?: components["parameters"]["step"];
                /**
                 * @description Unix seconds. The instant T to show instead of the newest complete tick, rounded down to a tick and never past the newest complete one (`window.end` tells).
                 * @example 1795455300
                 */
                end?: components["parameters"]["end"];
                /**
                 * @description Comma-separated keys that limit `usage`, `series` and `statistics`. Keys of `usage`, and beside them, for `series` and `statistics`, those of `throttling` (not of nodes), `pressure` and `swapBytes` (not of aggregates), and `podCount` and `nodeCount` (of aggregates). Short: `cpu` is cpuMillicores, `memory` is memoryBytes, `disk` and `network` are the two rates of each. Default: all keys of `usage`, null where nothing was measured, and the counts.
                 * @example cpuMillicores,memoryBytes
                 */
                metrics?: components["parameters"]["metrics"];
                /**
                 * @description Comma-separated keys as in `metrics`, that limit `series` and `statistics` alone. Without it they have what `metrics` says.
                 * @example cpuMillicores
                 */
                series?: components["parameters"]["series"];
            };
            header?: never;
            path: {
                /** @description A namespace. */
                namespace: components["parameters"]["namespaceName"];
                /** @description The stateful set's name. */
                statefulSetName: components["parameters"]["statefulSetName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The workload */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Workload"];
                };
            };
            400: components["responses"]["BadRequest"];
            404: components["responses"]["NotFound"];
            503: components["responses"]["Unavailable"];
        };
    };
    listPodsOfStatefulSet: {
        parameters: {
            query?: {
                /**
                 * @description Whole seconds. Adds `window`, `series` and `statistics` of the ticks in (T − window, T], where T is `end` or, without it, the newest complete tick.
                 * @example 300
                 */
                window?: components["parameters"]["window"];
                /**
                 * @description Seconds, a multiple of the server's interval; only with `window`. Each point is the mean of its step (for rates, difference by time), null if nothing was measured in it. Default: the interval.
                 * @example 60
                 */
                step?: components["parameters"]["step"];
                /**
                 * @description Unix seconds. The instant T to show instead of the newest complete tick, rounded down to a tick and never past the newest complete one (`window.end` tells).
                 * @example 1795455300
                 */
                end?: components["parameters"]["end"];
                /**
                 * @description Comma-separated keys that limit `usage`, `series` and `statistics`. Keys of `usage`, and beside them, for `series` and `statistics`, those of `throttling` (not of nodes), `pressure` and `swapBytes` (not of aggregates), and `podCount` and `nodeCount` (of aggregates). Short: `cpu` is cpuMillicores, `memory` is memoryBytes, `disk` and `network` are the two rates of each. Default: all keys of `usage`, null where nothing was measured, and the counts.
                 * @example cpuMillicores,memoryBytes
                 */
                metrics?: components["parameters"]["metrics"];
                /**
                 * @description Comma-separated keys as in `metrics`, that limit `series` and `statistics` alone. Without it they have what `metrics` says.
                 * @example cpuMillicores
                 */
                series?: components["parameters"]["series"];
                /**
                 * @description Only what is in this namespace, on top of what the path says; see the paths.
                 * @example default
                 */
                namespace?: components["parameters"]["namespace"];
                /**
                 * @description Only what is on this node, on top of what the path says; see the paths.
                 * @example node-1
                 */
                node?: components["parameters"]["node"];
                /**
                 * @description Also pods that ended within the retention, marked `terminated`. `true` or `false` (or 1 or 0).
                 * @example true
                 */
                includeTerminated?: components["parameters"]["includeTerminated"];
                /**
                 * @description At most so many items; without it, all.
                 * @example 50
                 */
                limit?: components["parameters"]["limit"];
                /** @description What the page before gave as `continue`: the page after it, of the same tick and in the same order, for 60 s after the first page; afterwards 410. All other parameters but `limit` must be those of the first page. Not together with `offset`. */
                continue?: components["parameters"]["continue"];
                /**
                 * @description Skips so many items. Items may come and go between two such requests; `continue` is safe against that.
                 * @example 0
                 */
                offset?: components["parameters"]["offset"];
                /**
                 * @description `name` (the default; namespace, name, uid), a key as in `metrics`, `oomKills`, or, of pods, `restartCount` or `startedAt`; `-` in front for descending; with `window` also `.avg`, `.max`, `.p95` or `.change` behind a key of `metrics`. `.change` is the mean of the window's newer half less that of its older half. Short: `cpu` is cpuMillicores, `memory` is memoryBytes, `disk` is diskWriteBytesPerSecond, `network` is networkRxBytesPerSecond. Items without a value stand last in either direction, equal ones by name.
                 * @example -cpuMillicores
                 */
                sort?: components["parameters"]["sort"];
                /**
                 * @description Only what has such labels, in Kubernetes' own grammar. Of pods the labels they are shown with; of nodes, namespaces and workloads those that Kubernetes tells: without it they have none.
                 * @example app=web,tier in (front,back),!canary
                 */
                labelSelector?: components["parameters"]["labelSelector"];
                /**
                 * @description Only items with this in their name, in any case of letters.
                 * @example web
                 */
                search?: components["parameters"]["search"];
                /**
                 * @description Only items that have this finding, or a container that has (see /api/v1/findings).
                 * @example throttled
                 */
                finding?: components["parameters"]["finding"];
            };
            header?: never;
            path: {
                /** @description A namespace. */
                namespace: components["parameters"]["namespaceName"];
                /** @description The stateful set's name. */
                statefulSetName: components["parameters"]["statefulSetName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The list */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PodList"];
                };
            };
            400: components["responses"]["BadRequest"];
            404: components["responses"]["NotFound"];
            410: components["responses"]["Gone"];
            503: components["responses"]["Unavailable"];
        };
    };
    listDaemonSets: {
        parameters: {
            query?: {
                /**
                 * @description Whole seconds. Adds `window`, `series` and `statistics` of the ticks in (T − window, T], where T is `end` or, without it, the newest complete tick.
                 * @example 300
                 */
                window?: components["parameters"]["window"];
                /**
                 * @description Seconds, a multiple of the server's interval; only with `window`. Each point is the mean of its step (for rates, difference by time), null if nothing was measured in it. Default: the interval.
                 * @example 60
                 */
                step?: components["parameters"]["step"];
                /**
                 * @description Unix seconds. The instant T to show instead of the newest complete tick, rounded down to a tick and never past the newest complete one (`window.end` tells).
                 * @example 1795455300
                 */
                end?: components["parameters"]["end"];
                /**
                 * @description Comma-separated keys that limit `usage`, `series` and `statistics`. Keys of `usage`, and beside them, for `series` and `statistics`, those of `throttling` (not of nodes), `pressure` and `swapBytes` (not of aggregates), and `podCount` and `nodeCount` (of aggregates). Short: `cpu` is cpuMillicores, `memory` is memoryBytes, `disk` and `network` are the two rates of each. Default: all keys of `usage`, null where nothing was measured, and the counts.
                 * @example cpuMillicores,memoryBytes
                 */
                metrics?: components["parameters"]["metrics"];
                /**
                 * @description Comma-separated keys as in `metrics`, that limit `series` and `statistics` alone. Without it they have what `metrics` says.
                 * @example cpuMillicores
                 */
                series?: components["parameters"]["series"];
                /**
                 * @description Only what is in this namespace, on top of what the path says; see the paths.
                 * @example default
                 */
                namespace?: components["parameters"]["namespace"];
                /**
                 * @description Only what is on this node, on top of what the path says; see the paths.
                 * @example node-1
                 */
                node?: components["parameters"]["node"];
                /**
                 * @description Also pods that ended within the retention, marked `terminated`. `true` or `false` (or 1 or 0).
                 * @example true
                 */
                includeTerminated?: components["parameters"]["includeTerminated"];
                /**
                 * @description At most so many items; without it, all.
                 * @example 50
                 */
                limit?: components["parameters"]["limit"];
                /** @description What the page before gave as `continue`: the page after it, of the same tick and in the same order, for 60 s after the first page; afterwards 410. All other parameters but `limit` must be those of the first page. Not together with `offset`. */
                continue?: components["parameters"]["continue"];
                /**
                 * @description Skips so many items. Items may come and go between two such requests; `continue` is safe against that.
                 * @example 0
                 */
                offset?: components["parameters"]["offset"];
                /**
                 * @description `name` (the default; namespace, name, uid), a key as in `metrics`, `oomKills`, or, of pods, `restartCount` or `startedAt`; `-` in front for descending; with `window` also `.avg`, `.max`, `.p95` or `.change` behind a key of `metrics`. `.change` is the mean of the window's newer half less that of its older half. Short: `cpu` is cpuMillicores, `memory` is memoryBytes, `disk` is diskWriteBytesPerSecond, `network` is networkRxBytesPerSecond. Items without a value stand last in either direction, equal ones by name.
                 * @example -cpuMillicores
                 */
                sort?: components["parameters"]["sort"];
                /**
                 * @description Only items with this in their name, in any case of letters.
                 * @example web
                 */
                search?: components["parameters"]["search"];
                /**
                 * @description Only what has such labels, in Kubernetes' own grammar. Of pods the labels they are shown with; of nodes, namespaces and workloads those that Kubernetes tells: without it they have none.
                 * @example app=web,tier in (front,back),!canary
                 */
                labelSelector?: components["parameters"]["labelSelector"];
            };
            header?: never;
            path: {
                /** @description A namespace. */
                namespace: components["parameters"]["namespaceName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The list */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkloadList"];
                };
            };
            400: components["responses"]["BadRequest"];
            410: components["responses"]["Gone"];
            503: components["responses"]["Unavailable"];
        };
    };
    getDaemonSet: {
        parameters: {
            query?: {
                /**
                 * @description Whole seconds. Adds `window`, `series` and `statistics` of the ticks in (T − window, T], where T is `end` or, without it, the newest complete tick.
                 * @example 300
                 */
                window?: components["parameters"]["window"];
                /**
                 * @description Seconds, a multiple of the server's interval; only with `window`. Each point is the mean of its step (for rates, difference by time), null if nothing was measured in it. Default: the interval.
                 * @example 60
                 */
                step?: components["parameters"]["step"];
                /**
                 * @description Unix seconds. The instant T to show instead of the newest complete tick, rounded down to a tick and never past the newest complete one (`window.end` tells).
                 * @example 1795455300
                 */
                end?: components["parameters"]["end"];
                /**
                 * @description Comma-separated keys that limit `usage`, `series` and `statistics`. Keys of `usage`, and beside them, for `series` and `statistics`, those of `throttling` (not of nodes), `pressure` and `swapBytes` (not of aggregates), and `podCount` and `nodeCount` (of aggregates). Short: `cpu` is cpuMillicores, `memory` is memoryBytes, `disk` and `network` are the two rates of each. Default: all keys of `usage`, null where nothing was measured, and the counts.
                 * @example cpuMillicores,memoryBytes
                 */
                metrics?: components["parameters"]["metrics"];
                /**
                 * @description Comma-separated keys as in `metrics`, that limit `series` and `statistics` alone. Without it they have what `metrics` says.
                 * @example cpuMillicores
                 */
                series?: components["parameters"]["series"];
            };
            header?: never;
            path: {
                /** @description A namespace. */
                namespace: components["parameters"]["namespaceName"];
                /** @description The daemon set's name. */
                daemonSetName: components["parameters"]["daemonSetName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The workload */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Workload"];
                };
            };
            400: components["responses"]["BadRequest"];
            404: components["responses"]["NotFound"];
            503: components["responses"]["Unavailable"];
        };
    };
    listPodsOfDaemonSet: {
        parameters: {
            query?: {
                /**
                 * @description Whole seconds. Adds `window`, `series` and `statistics` of the ticks in (T − window, T], where T is `end` or, without it, the newest complete tick.
                 * @example 300
                 */
                window?: components["parameters"]["window"];
                /**
                 * @description Seconds, a multiple of the server's interval; only with `window`. Each point is the mean of its step (for rates, difference by time), null if nothing was measured in it. Default: the interval.
                 * @example 60
                 */
                step?: components["parameters"]["step"];
                /**
                 * @description Unix seconds. The instant T to show instead of the newest complete tick, rounded down to a tick and never past the newest complete one (`window.end` tells).
                 * @example 1795455300
                 */
                end?: components["parameters"]["end"];
                /**
                 * @description Comma-separated keys that limit `usage`, `series` and `statistics`. Keys of `usage`, and beside them, for `series` and `statistics`, those of `throttling` (not of nodes), `pressure` and `swapBytes` (not of aggregates), and `podCount` and `nodeCount` (of aggregates). Short: `cpu` is cpuMillicores, `memory` is memoryBytes, `disk` and `network` are the two rates of each. Default: all keys of `usage`, null where nothing was measured, and the counts.
                 * @example cpuMillicores,memoryBytes
                 */
                metrics?: components["parameters"]["metrics"];
                /**
                 * @description Comma-separated keys as in `metrics`, that limit `series` and `statistics` alone. Without it they have what `metrics` says.
                 * @example cpuMillicores
                 */
                series?: components["parameters"]["series"];
                /**
                 * @description Only what is in this namespace, on top of what the path says; see the paths.
                 * @example default
                 */
                namespace?: components["parameters"]["namespace"];
                /**
                 * @description Only what is on this node, on top of what the path says; see the paths.
                 * @example node-1
                 */
                node?: components["parameters"]["node"];
                /**
                 * @description Also pods that ended within the retention, marked `terminated`. `true` or `false` (or 1 or 0).
                 * @example true
                 */
                includeTerminated?: components["parameters"]["includeTerminated"];
                /**
                 * @description At most so many items; without it, all.
                 * @example 50
                 */
                limit?: components["parameters"]["limit"];
                /** @description What the page before gave as `continue`: the page after it, of the same tick and in the same order, for 60 s after the first page; afterwards 410. All other parameters but `limit` must be those of the first page. Not together with `offset`. */
                continue?: components["parameters"]["continue"];
                /**
                 * @description Skips so many items. Items may come and go between two such requests; `continue` is safe against that.
                 * @example 0
                 */
                offset?: components["parameters"]["offset"];
                /**
                 * @description `name` (the default; namespace, name, uid), a key as in `metrics`, `oomKills`, or, of pods, `restartCount` or `startedAt`; `-` in front for descending; with `window` also `.avg`, `.max`, `.p95` or `.change` behind a key of `metrics`. `.change` is the mean of the window's newer half less that of its older half. Short: `cpu` is cpuMillicores, `memory` is memoryBytes, `disk` is diskWriteBytesPerSecond, `network` is networkRxBytesPerSecond. Items without a value stand last in either direction, equal ones by name.
                 * @example -cpuMillicores
                 */
                sort?: components["parameters"]["sort"];
                /**
                 * @description Only what has such labels, in Kubernetes' own grammar. Of pods the labels they are shown with; of nodes, namespaces and workloads those that Kubernetes tells: without it they have none.
                 * @example app=web,tier in (front,back),!canary
                 */
                labelSelector?: components["parameters"]["labelSelector"];
                /**
                 * @description Only items with this in their name, in any case of letters.
                 * @example web
                 */
                search?: components["parameters"]["search"];
                /**
                 * @description Only items that have this finding, or a container that has (see /api/v1/findings).
                 * @example throttled
                 */
                finding?: components["parameters"]["finding"];
            };
            header?: never;
            path: {
                /** @description A namespace. */
                namespace: components["parameters"]["namespaceName"];
                /** @description The daemon set's name. */
                daemonSetName: components["parameters"]["daemonSetName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The list */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PodList"];
                };
            };
            400: components["responses"]["BadRequest"];
            404: components["responses"]["NotFound"];
            410: components["responses"]["Gone"];
            503: components["responses"]["Unavailable"];
        };
    };
    listJobs: {
        parameters: {
            query?: {
                /**
                 * @description Whole seconds. Adds `window`, `series` and `statistics` of the ticks in (T − window, T], where T is `end` or, without it, the newest complete tick.
                 * @example 300
                 */
                window?: components["parameters"]["window"];
                /**
                 * @description Seconds, a multiple of the server's interval; only with `window`. Each point is the mean of its step (for rates, difference by time), null if nothing was measured in it. Default: the interval.
                 * @example 60
                 */
                step?: components["parameters"]["step"];
                /**
                 * @description Unix seconds. The instant T to show instead of the newest complete tick, rounded down to a tick and never past the newest complete one (`window.end` tells).
                 * @example 1795455300
                 */
                end?: components["parameters"]["end"];
                /**
                 * @description Comma-separated keys that limit `usage`, `series` and `statistics`. Keys of `usage`, and beside them, for `series` and `statistics`, those of `throttling` (not of nodes), `pressure` and `swapBytes` (not of aggregates), and `podCount` and `nodeCount` (of aggregates). Short: `cpu` is cpuMillicores, `memory` is memoryBytes, `disk` and `network` are the two rates of each. Default: all keys of `usage`, null where nothing was measured, and the counts.
                 * @example cpuMillicores,memoryBytes
                 */
                metrics?: components["parameters"]["metrics"];
                /**
                 * @description Comma-separated keys as in `metrics`, that limit `series` and `statistics` alone. Without it they have what `metrics` says.
                 * @example cpuMillicores
                 */
                series?: components["parameters"]["series"];
                /**
                 * @description Only what is in this namespace, on top of what the path says; see the paths.
                 * @example default
                 */
                namespace?: components["parameters"]["namespace"];
                /**
                 * @description Only what is on this node, on top of what the path says; see the paths.
                 * @example node-1
                 */
                node?: components["parameters"]["node"];
                /**
                 * @description Also pods that ended within the retention, marked `terminated`. `true` or `false` (or 1 or 0).
                 * @example true
                 */
                includeTerminated?: components["parameters"]["includeTerminated"];
                /**
                 * @description At most so many items; without it, all.
                 * @example 50
                 */
                limit?: components["parameters"]["limit"];
                /** @description What the page before gave as `continue`: the page after it, of the same tick and in the same order, for 60 s after the first page; afterwards 410. All other parameters but `limit` must be those of the first page. Not together with `offset`. */
                continue?: components["parameters"]["continue"];
                /**
                 * @description Skips so many items. Items may come and go between two such requests; `continue` is safe against that.
                 * @example 0
                 */
                offset?: components["parameters"]["offset"];
                /**
                 * @description `name` (the default; namespace, name, uid), a key as in `metrics`, `oomKills`, or, of pods, `restartCount` or `startedAt`; `-` in front for descending; with `window` also `.avg`, `.max`, `.p95` or `.change` behind a key of `metrics`. `.change` is the mean of the window's newer half less that of its older half. Short: `cpu` is cpuMillicores, `memory` is memoryBytes, `disk` is diskWriteBytesPerSecond, `network` is networkRxBytesPerSecond. Items without a value stand last in either direction, equal ones by name.
                 * @example -cpuMillicores
                 */
                sort?: components["parameters"]["sort"];
                /**
                 * @description Only items with this in their name, in any case of letters.
                 * @example web
                 */
                search?: components["parameters"]["search"];
                /**
                 * @description Only what has such labels, in Kubernetes' own grammar. Of pods the labels they are shown with; of nodes, namespaces and workloads those that Kubernetes tells: without it they have none.
                 * @example app=web,tier in (front,back),!canary
                 */
                labelSelector?: components["parameters"]["labelSelector"];
            };
            header?: never;
            path: {
                /** @description A namespace. */
                namespace: components["parameters"]["namespaceName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The list */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkloadList"];
                };
            };
            400: components["responses"]["BadRequest"];
            410: components["responses"]["Gone"];
            503: components["responses"]["Unavailable"];
        };
    };
    getJob: {
        parameters: {
            query?: {
                /**
                 * @description Whole seconds. Adds `window`, `series` and `statistics` of the ticks in (T − window, T], where T is `end` or, without it, the newest complete tick.
                 * @example 300
                 */
                window?: components["parameters"]["window"];
                /**
                 * @description Seconds, a multiple of the server's interval; only with `window`. Each point is the mean of its step (for rates, difference by time), null if nothing was measured in it. Default: the interval.
                 * @example 60
                 */
                step?: components["parameters"]["step"];
                /**
                 * @description Unix seconds. The instant T to show instead of the newest complete tick, rounded down to a tick and never past the newest complete one (`window.end` tells).
                 * @example 1795455300
                 */
                end?: components["parameters"]["end"];
                /**
                 * @description Comma-separated keys that limit `usage`, `series` and `statistics`. Keys of `usage`, and beside them, for `series` and `statistics`, those of `throttling` (not of nodes), `pressure` and `swapBytes` (not of aggregates), and `podCount` and `nodeCount` (of aggregates). Short: `cpu` is cpuMillicores, `memory` is memoryBytes, `disk` and `network` are the two rates of each. Default: all keys of `usage`, null where nothing was measured, and the counts.
                 * @example cpuMillicores,memoryBytes
                 */
                metrics?: components["parameters"]["metrics"];
                /**
                 * @description Comma-separated keys as in `metrics`, that limit `series` and `statistics` alone. Without it they have what `metrics` says.
                 * @example cpuMillicores
                 */
                series?: components["parameters"]["series"];
            };
            header?: never;
            path: {
                /** @description A namespace. */
                namespace: components["parameters"]["namespaceName"];
                /** @description The job's name. */
                jobName: components["parameters"]["jobName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The workload */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Workload"];
                };
            };
            400: components["responses"]["BadRequest"];
            404: components["responses"]["NotFound"];
            503: components["responses"]["Unavailable"];
        };
    };
    listPodsOfJob: {
        parameters: {
            query?: {
                /**
                 * @description Whole seconds. Adds `window`, `series` and `statistics` of the ticks in (T − window, T], where T is `end` or, without it, the newest complete tick.
                 * @example 300
                 */
                window?: components["parameters"]["window"];
                /**
                 * @description Seconds, a multiple of the server's interval; only with `window`. Each point is the mean of its step (for rates, difference by time), null if nothing was measured in it. Default: the interval.
                 * @example 60
                 */
                step?: components["parameters"]["step"];
                /**
                 * @description Unix seconds. The instant T to show instead of the newest complete tick, rounded down to a tick and never past the newest complete one (`window.end` tells).
                 * @example 1795455300
                 */
                end?: components["parameters"]["end"];
                /**
                 * @description Comma-separated keys that limit `usage`, `series` and `statistics`. Keys of `usage`, and beside them, for `series` and `statistics`, those of `throttling` (not of nodes), `pressure` and `swapBytes` (not of aggregates), and `podCount` and `nodeCount` (of aggregates). Short: `cpu` is cpuMillicores, `memory` is memoryBytes, `disk` and `network` are the two rates of each. Default: all keys of `usage`, null where nothing was measured, and the counts.
                 * @example cpuMillicores,memoryBytes
                 */
                metrics?: components["parameters"]["metrics"];
                /**
                 * @description Comma-separated keys as in `metrics`, that limit `series` and `statistics` alone. Without it they have what `metrics` says.
                 * @example cpuMillicores
                 */
                series?: components["parameters"]["series"];
                /**
                 * @description Only what is in this namespace, on top of what the path says; see the paths.
                 * @example default
                 */
                namespace?: components["parameters"]["namespace"];
                /**
                 * @description Only what is on this node, on top of what the path says; see the paths.
                 * @example node-1
                 */
                node?: components["parameters"]["node"];
                /**
                 * @description Also pods that ended within the retention, marked `terminated`. `true` or `false` (or 1 or 0).
                 * @example true
                 */
                includeTerminated?: components["parameters"]["includeTerminated"];
                /**
                 * @description At most so many items; without it, all.
                 * @example 50
                 */
                limit?: components["parameters"]["limit"];
                /** @description What the page before gave as `continue`: the page after it, of the same tick and in the same order, for 60 s after the first page; afterwards 410. All other parameters but `limit` must be those of the first page. Not together with `offset`. */
                continue?: components["parameters"]["continue"];
                /**
                 * @description Skips so many items. Items may come and go between two such requests; `continue` is safe against that.
                 * @example 0
                 */
                offset?: components["parameters"]["offset"];
                /**
                 * @description `name` (the default; namespace, name, uid), a key as in `metrics`, `oomKills`, or, of pods, `restartCount` or `startedAt`; `-` in front for descending; with `window` also `.avg`, `.max`, `.p95` or `.change` behind a key of `metrics`. `.change` is the mean of the window's newer half less that of its older half. Short: `cpu` is cpuMillicores, `memory` is memoryBytes, `disk` is diskWriteBytesPerSecond, `network` is networkRxBytesPerSecond. Items without a value stand last in either direction, equal ones by name.
                 * @example -cpuMillicores
                 */
                sort?: components["parameters"]["sort"];
                /**
                 * @description Only what has such labels, in Kubernetes' own grammar. Of pods the labels they are shown with; of nodes, namespaces and workloads those that Kubernetes tells: without it they have none.
                 * @example app=web,tier in (front,back),!canary
                 */
                labelSelector?: components["parameters"]["labelSelector"];
                /**
                 * @description Only items with this in their name, in any case of letters.
                 * @example web
                 */
                search?: components["parameters"]["search"];
                /**
                 * @description Only items that have this finding, or a container that has (see /api/v1/findings).
                 * @example throttled
                 */
                finding?: components["parameters"]["finding"];
            };
            header?: never;
            path: {
                /** @description A namespace. */
                namespace: components["parameters"]["namespaceName"];
                /** @description The job's name. */
                jobName: components["parameters"]["jobName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The list */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PodList"];
                };
            };
            400: components["responses"]["BadRequest"];
            404: components["responses"]["NotFound"];
            410: components["responses"]["Gone"];
            503: components["responses"]["Unavailable"];
        };
    };
    listCronJobs: {
        parameters: {
            query?: {
                /**
                 * @description Whole seconds. Adds `window`, `series` and `statistics` of the ticks in (T − window, T], where T is `end` or, without it, the newest complete tick.
                 * @example 300
                 */
                window?: components["parameters"]["window"];
                /**
                 * @description Seconds, a multiple of the server's interval; only with `window`. Each point is the mean of its step (for rates, difference by time), null if nothing was measured in it. Default: the interval.
                 * @example 60
                 */
                step?: components["parameters"]["step"];
                /**
                 * @description Unix seconds. The instant T to show instead of the newest complete tick, rounded down to a tick and never past the newest complete one (`window.end` tells).
                 * @example 1795455300
                 */
                end?: components["parameters"]["end"];
                /**
                 * @description Comma-separated keys that limit `usage`, `series` and `statistics`. Keys of `usage`, and beside them, for `series` and `statistics`, those of `throttling` (not of nodes), `pressure` and `swapBytes` (not of aggregates), and `podCount` and `nodeCount` (of aggregates). Short: `cpu` is cpuMillicores, `memory` is memoryBytes, `disk` and `network` are the two rates of each. Default: all keys of `usage`, null where nothing was measured, and the counts.
                 * @example cpuMillicores,memoryBytes
                 */
                metrics?: components["parameters"]["metrics"];
                /**
                 * @description Comma-separated keys as in `metrics`, that limit `series` and `statistics` alone. Without it they have what `metrics` says.
                 * @example cpuMillicores
                 */
                series?: components["parameters"]["series"];
                /**
                 * @description Only what is in this namespace, on top of what the path says; see the paths.
                 * @example default
                 */
                namespace?: components["parameters"]["namespace"];
                /**
                 * @description Only what is on this node, on top of what the path says; see the paths.
                 * @example node-1
                 */
                node?: components["parameters"]["node"];
                /**
                 * @description Also pods that ended within the retention, marked `terminated`. `true` or `false` (or 1 or 0).
                 * @example true
                 */
                includeTerminated?: components["parameters"]["includeTerminated"];
                /**
                 * @description At most so many items; without it, all.
                 * @example 50
                 */
                limit?: components["parameters"]["limit"];
                /** @description What the page before gave as `continue`: the page after it, of the same tick and in the same order, for 60 s after the first page; afterwards 410. All other parameters but `limit` must be those of the first page. Not together with `offset`. */
                continue?: components["parameters"]["continue"];
                /**
                 * @description Skips so many items. Items may come and go between two such requests; `continue` is safe against that.
                 * @example 0
                 */
                offset?: components["parameters"]["offset"];
                /**
                 * @description `name` (the default; namespace, name, uid), a key as in `metrics`, `oomKills`, or, of pods, `restartCount` or `startedAt`; `-` in front for descending; with `window` also `.avg`, `.max`, `.p95` or `.change` behind a key of `metrics`. `.change` is the mean of the window's newer half less that of its older half. Short: `cpu` is cpuMillicores, `memory` is memoryBytes, `disk` is diskWriteBytesPerSecond, `network` is networkRxBytesPerSecond. Items without a value stand last in either direction, equal ones by name.
                 * @example -cpuMillicores
                 */
                sort?: components["parameters"]["sort"];
                /**
                 * @description Only items with this in their name, in any case of letters.
                 * @example web
                 */
                search?: components["parameters"]["search"];
                /**
                 * @description Only what has such labels, in Kubernetes' own grammar. Of pods the labels they are shown with; of nodes, namespaces and workloads those that Kubernetes tells: without it they have none.
                 * @example app=web,tier in (front,back),!canary
                 */
                labelSelector?: components["parameters"]["labelSelector"];
            };
            header?: never;
            path: {
                /** @description A namespace. */
                namespace: components["parameters"]["namespaceName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The list */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkloadList"];
                };
            };
            400: components["responses"]["BadRequest"];
            410: components["responses"]["Gone"];
            503: components["responses"]["Unavailable"];
        };
    };
    getCronJob: {
        parameters: {
            query?: {
                /**
                 * @description Whole seconds. Adds `window`, `series` and `statistics` of the ticks in (T − window, T], where T is `end` or, without it, the newest complete tick.
                 * @example 300
                 */
                window?: components["parameters"]["window"];
                /**
                 * @description Seconds, a multiple of the server's interval; only with `window`. Each point is the mean of its step (for rates, difference by time), null if nothing was measured in it. Default: the interval.
                 * @example 60
                 */
                step?: components["parameters"]["step"];
                /**
                 * @description Unix seconds. The instant T to show instead of the newest complete tick, rounded down to a tick and never past the newest complete one (`window.end` tells).
                 * @example 1795455300
                 */
                end?: components["parameters"]["end"];
                /**
                 * @description Comma-separated keys that limit `usage`, `series` and `statistics`. Keys of `usage`, and beside them, for `series` and `statistics`, those of `throttling` (not of nodes), `pressure` and `swapBytes` (not of aggregates), and `podCount` and `nodeCount` (of aggregates). Short: `cpu` is cpuMillicores, `memory` is memoryBytes, `disk` and `network` are the two rates of each. Default: all keys of `usage`, null where nothing was measured, and the counts.
                 * @example cpuMillicores,memoryBytes
                 */
                metrics?: components["parameters"]["metrics"];
                /**
                 * @description Comma-separated keys as in `metrics`, that limit `series` and `statistics` alone. Without it they have what `metrics` says.
                 * @example cpuMillicores
                 */
                series?: components["parameters"]["series"];
            };
            header?: never;
            path: {
                /** @description A namespace. */
                namespace: components["parameters"]["namespaceName"];
                /** @description The cron job's name. */
                cronJobName: components["parameters"]["cronJobName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The workload */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Workload"];
                };
            };
            400: components["responses"]["BadRequest"];
            404: components["responses"]["NotFound"];
            503: components["responses"]["Unavailable"];
        };
    };
    listPodsOfCronJob: {
        parameters: {
            query?: {
                /**
                 * @description Whole seconds. Adds `window`, `series` and `statistics` of the ticks in (T − window, T], where T is `end` or, without it, the newest complete tick.
                 * @example 300
                 */
                window?: components["parameters"]["window"];
                /**
                 * @description Seconds, a multiple of the server's interval; only with `window`. Each point is the mean of its step (for rates, difference by time), null if nothing was measured in it. Default: the interval.
                 * @example 60
                 */
                step?: components["parameters"]["step"];
                /**
                 * @description Unix seconds. The instant T to show instead of the newest complete tick, rounded down to a tick and never past the newest complete one (`window.end` tells).
                 * @example 1795455300
                 */
                end?: components["parameters"]["end"];
                /**
                 * @description Comma-separated keys that limit `usage`, `series` and `statistics`. Keys of `usage`, and beside them, for `series` and `statistics`, those of `throttling` (not of nodes), `pressure` and `swapBytes` (not of aggregates), and `podCount` and `nodeCount` (of aggregates). Short: `cpu` is cpuMillicores, `memory` is memoryBytes, `disk` and `network` are the two rates of each. Default: all keys of `usage`, null where nothing was measured, and the counts.
                 * @example cpuMillicores,memoryBytes
                 */
                metrics?: components["parameters"]["metrics"];
                /**
                 * @description Comma-separated keys as in `metrics`, that limit `series` and `statistics` alone. Without it they have what `metrics` says.
                 * @example cpuMillicores
                 */
                series?: components["parameters"]["series"];
                /**
                 * @description Only what is in this namespace, on top of what the path says; see the paths.
                 * @example default
                 */
                namespace?: components["parameters"]["namespace"];
                /**
                 * @description Only what is on this node, on top of what the path says; see the paths.
                 * @example node-1
                 */
                node?: components["parameters"]["node"];
                /**
                 * @description Also pods that ended within the retention, marked `terminated`. `true` or `false` (or 1 or 0).
                 * @example true
                 */
                includeTerminated?: components["parameters"]["includeTerminated"];
                /**
                 * @description At most so many items; without it, all.
                 * @example 50
                 */
                limit?: components["parameters"]["limit"];
                /** @description What the page before gave as `continue`: the page after it, of the same tick and in the same order, for 60 s after the first page; afterwards 410. All other parameters but `limit` must be those of the first page. Not together with `offset`. */
                continue?: components["parameters"]["continue"];
                /**
                 * @description Skips so many items. Items may come and go between two such requests; `continue` is safe against that.
                 * @example 0
                 */
                offset?: components["parameters"]["offset"];
                /**
                 * @description `name` (the default; namespace, name, uid), a key as in `metrics`, `oomKills`, or, of pods, `restartCount` or `startedAt`; `-` in front for descending; with `window` also `.avg`, `.max`, `.p95` or `.change` behind a key of `metrics`. `.change` is the mean of the window's newer half less that of its older half. Short: `cpu` is cpuMillicores, `memory` is memoryBytes, `disk` is diskWriteBytesPerSecond, `network` is networkRxBytesPerSecond. Items without a value stand last in either direction, equal ones by name.
                 * @example -cpuMillicores
                 */
                sort?: components["parameters"]["sort"];
                /**
                 * @description Only what has such labels, in Kubernetes' own grammar. Of pods the labels they are shown with; of nodes, namespaces and workloads those that Kubernetes tells: without it they have none.
                 * @example app=web,tier in (front,back),!canary
                 */
                labelSelector?: components["parameters"]["labelSelector"];
                /**
                 * @description Only items with this in their name, in any case of letters.
                 * @example web
                 */
                search?: components["parameters"]["search"];
                /**
                 * @description Only items that have this finding, or a container that has (see /api/v1/findings).
                 * @example throttled
                 */
                finding?: components["parameters"]["finding"];
            };
            header?: never;
            path: {
                /** @description A namespace. */
                namespace: components["parameters"]["namespaceName"];
                /** @description The cron job's name. */
                cronJobName: components["parameters"]["cronJobName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The list */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PodList"];
                };
            };
            400: components["responses"]["BadRequest"];
            404: components["responses"]["NotFound"];
            410: components["responses"]["Gone"];
            503: components["responses"]["Unavailable"];
        };
    };
    getCluster: {
        parameters: {
            query?: {
                /**
                 * @description Whole seconds. Adds `window`, `series` and `statistics` of the ticks in (T − window, T], where T is `end` or, without it, the newest complete tick.
                 * @example 300
                 */
                window?: components["parameters"]["window"];
                /**
                 * @description Seconds, a multiple of the server's interval; only with `window`. Each point is the mean of its step (for rates, difference by time), null if nothing was measured in it. Default: the interval.
                 * @example 60
                 */
                step?: components["parameters"]["step"];
                /**
                 * @description Unix seconds. The instant T to show instead of the newest complete tick, rounded down to a tick and never past the newest complete one (`window.end` tells).
                 * @example 1795455300
                 */
                end?: components["parameters"]["end"];
                /**
                 * @description Comma-separated keys that limit `usage`, `series` and `statistics`. Keys of `usage`, and beside them, for `series` and `statistics`, those of `throttling` (not of nodes), `pressure` and `swapBytes` (not of aggregates), and `podCount` and `nodeCount` (of aggregates). Short: `cpu` is cpuMillicores, `memory` is memoryBytes, `disk` and `network` are the two rates of each. Default: all keys of `usage`, null where nothing was measured, and the counts.
                 * @example cpuMillicores,memoryBytes
                 */
                metrics?: components["parameters"]["metrics"];
                /**
                 * @description Comma-separated keys as in `metrics`, that limit `series` and `statistics` alone. Without it they have what `metrics` says.
                 * @example cpuMillicores
                 */
                series?: components["parameters"]["series"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The cluster */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Cluster"];
                };
            };
            400: components["responses"]["BadRequest"];
            503: components["responses"]["Unavailable"];
        };
    };
    getFindings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The findings */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Findings"];
                };
            };
            400: components["responses"]["BadRequest"];
            503: components["responses"]["Unavailable"];
        };
    };
    search: {
        parameters: {
            query?: {
                /**
                 * @description What to look for. Without it nothing is found.
                 * @example web
                 */
                q?: components["parameters"]["q"];
                /**
                 * @description At most so many items; without it, all.
                 * @example 50
                 */
                limit?: components["parameters"]["limit"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was found */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SearchResult"];
                };
            };
            400: components["responses"]["BadRequest"];
            503: components["responses"]["Unavailable"];
        };
    };
    streamTicks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The events */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            400: components["responses"]["BadRequest"];
        };
    };
    getStatus: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The status */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
            400: components["responses"]["BadRequest"];
        };
    };
    getHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Alive */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": "ok";
                };
            };
        };
    };
    getLiveness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Alive */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": "ok";
                };
            };
        };
    };
    getReadiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Alive */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": "ok";
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    getVersion: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The version */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Version"];
                };
            };
            400: components["responses"]["BadRequest"];
        };
    };
    getOpenApi: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OpenAPI 3.0 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            400: components["responses"]["BadRequest"];
        };
    };
    getIndex: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The index */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Index"];
                };
            };
            400: components["responses"]["BadRequest"];
        };
    };
    getRoot: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page, or the index */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                    "application/json": components["schemas"]["Index"];
                };
            };
        };
    };
}

// A new user's page: what works, and the command for what does not yet.
import type { ReactNode } from 'react';
import type { Cluster, Status } from '../../api/model';
import { Icon } from '../../components/Icon';
import { Command } from '../../components/States';
import { useFormat, useMessages } from '../../i18n';

export function Setup({ status, cluster }: { status: Status | undefined; cluster: Cluster | undefined }) {
  const { setup, overview } = useMessages();
  const { duration, integer } = useFormat();
  if (!status) return <section className="panel span-4" />;
  const nodes = cluster?.nodes.total ?? status.nodes.known;
  const kubernetes = status.kubernetes;
  const connected = kubernetes.mode !== 'off' && kubernetes.state !== 'failed';
  return (
    <section className="panel span-4">
      <div className="panel-head"><h2>{setup.title}</h2></div>
      <ol className="steps">
        <Step number={1} done text={setup.server(duration(status.retention.configuredSeconds))} />
        <Step number={2} done={nodes > 0} text={nodes > 0 ? setup.collector(overview.nodes(integer(nodes)), duration(status.intervalSeconds)) : setup.noCollector}>
          {nodes === 0 && <Command text="kubemonitor-collector --api-server 127.0.0.1:50051" />}
        </Step>
        <Step number={3} done={connected} text={connected ? setup.kubernetesOn(kubernetes.version ?? '') : setup.kubernetesOff}>
          {!connected && <Command text="kubemonitor-apiserver --kubernetes ~/.kube/config" />}
        </Step>
        <Step number={4} text={setup.others}>
          <Command text="kubectl apply -f deployments/monitor.yaml" />
        </Step>
      </ol>
    </section>
  );
}

function Step({ number, done = false, text, children }: { number: number; done?: boolean; text: string; children?: ReactNode }) {
  return (
    <li>
      <span className={done ? 'number done' : 'number'}>{done ? <Icon name="check" /> : number}</span>
      <div>
        {text}
        {children}
      </div>
    </li>
  );
}

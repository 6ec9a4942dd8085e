export default function WorkloadPage() { return <h1>Workload</h1>; }

export default function PodPage() { return <h1>Pod</h1>; }

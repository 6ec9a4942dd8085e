export default function NamespacePage() { return <h1>Namespace</h1>; }

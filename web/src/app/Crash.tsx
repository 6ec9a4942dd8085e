import { Component, type ReactNode } from 'react';
import { Empty } from '../components/States';
import { useMessages } from '../i18n';

/** A defect of one page costs that page, not the whole dashboard. */
export class Crash extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    return this.state.failed ? <Failed /> : this.props.children;
  }
}

function Failed() {
  const { error } = useMessages();
  return (
    <div className="panel" role="alert">
      <Empty
        tall
        icon="info"
        title={error.crashed}
        text={error.crashedText}
        actions={<button type="button" className="btn primary" onClick={() => location.reload()}>{error.reload}</button>}
      />
    </div>
  );
}

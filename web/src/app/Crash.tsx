import { Component, type ReactNode } from 'react';
import { Empty } from '../components/States';
import { useMessages } from '../i18n';
import { Modal } from './Modal';

/** A defect of one page or dialog costs that one, not the whole dashboard. */
export class Crash extends Component<{ fallback?: ReactNode; children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    return this.state.failed ? (this.props.fallback ?? <Failed />) : this.props.children;
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
        actions={<button type="button" className="btn primary" data-first="" onClick={() => location.reload()}>{error.reload}</button>}
      />
    </div>
  );
}

export function FailedDialog({ onClose }: { onClose: () => void }) {
  return <Modal label={useMessages().error.crashed} onClose={onClose}><Failed /></Modal>;
}

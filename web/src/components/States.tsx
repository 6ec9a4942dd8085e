// What a page shows while it has nothing else: each says what happened and what to do.
import { useState, type ReactNode } from 'react';
import { ApiError, type Problem } from '../api/client';
import { useMessages } from '../i18n';
import { Icon, type IconName } from './Icon';

export function CopyButton({ text, label }: { text: string; label: string }) {
  const messages = useMessages();
  const [copied, setCopied] = useState(false);
  const copy = () => {
    // Only where the browser allows it: over plain HTTP by a host name there is no clipboard.
    void (navigator.clipboard as Clipboard | undefined)?.writeText(text).then(() => {
      setCopied(true);
      setTimeout(() => setCopied(false), 1500);
    });
  };
  return (
    <button type="button" className="btn ghost square small" onClick={copy} aria-label={copied ? messages.detail.copied : label} title={label}>
      <Icon name={copied ? 'check' : 'copy'} />
    </button>
  );
}

export function Command({ text }: { text: string }) {
  const messages = useMessages();
  return (
    <div className="code">
      <code tabIndex={0}>{text}</code>
      <CopyButton text={text} label={messages.error.copy} />
    </div>
  );
}

export function Note({ icon, title, children, actions, floating = false }: { icon: IconName; title: string; children?: ReactNode; actions?: ReactNode; floating?: boolean }) {
  return (
    <div className={floating ? 'note floating' : 'note'}>
      <Icon name={icon} />
      <div className="note-text">
        <span className="strong">{title}</span>
        {children && <p>{children}</p>}
      </div>
      {actions && <div className="actions">{actions}</div>}
    </div>
  );
}

export function Empty({ title, text, icon, actions, children, tall = false }: { title: string; text?: string; icon?: IconName; actions?: ReactNode; children?: ReactNode; tall?: boolean }) {
  return (
    <div className={tall ? 'empty tall' : 'empty'}>
      {icon && <Icon name={icon} />}
      <h2>{title}</h2>
      {text && <p>{text}</p>}
      {children}
      {actions && <div className="actions">{actions}</div>}
    </div>
  );
}

function problemText({ status, title, detail }: Problem): string {
  return detail ? `${status} ${title}\n${detail}` : `${status} ${title}`;
}

/** Nothing could be fetched at all. */
export function ErrorState({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const { error: words } = useMessages();
  const problem = error instanceof ApiError ? error.problem : null;
  const starting = problem?.status === 503;
  const title = starting ? words.starting : problem ? words.failed : words.unreachable;
  const text = starting ? words.startingText : problem ? undefined : words.unreachableText;
  return (
    <div className="panel" role="alert">
      <Empty
        tall
        icon={problem ? 'info' : 'offline'}
        title={title}
        {...(text ? { text } : {})}
        actions={
          <>
            <button type="button" className="btn primary" onClick={onRetry}>{words.tryAgain}</button>
            <a className="btn" href="/readyz">{words.readyz}</a>
          </>
        }
      >
        <div className="commands">
          {problem && <div className="code"><code tabIndex={0}>{problemText(problem)}</code></div>}
          {!problem && <Command text="kubectl -n kubemonitor logs deploy/monitor-apiserver" />}
        </div>
      </Empty>
    </div>
  );
}

export function Skeleton({ width = '100%', height = 14 }: { width?: string | number; height?: number }) {
  return <span className="skeleton" style={{ width, height }} />;
}

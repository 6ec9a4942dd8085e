import type { ReactNode } from 'react';

const SHAPES = {
  search: <><circle cx="7" cy="7" r="4.5" /><path d="m10.5 10.5 3 3" /></>,
  pause: <path d="M5.5 3.5v9M10.5 3.5v9" />,
  play: <path d="M5 3.5v9l7-4.5z" />,
  sun: <><circle cx="8" cy="8" r="2.75" /><path d="M8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M3.4 12.6l.7-.7M11.9 4.1l.7-.7" /></>,
  moon: <path d="M13 9.5A5.5 5.5 0 0 1 6.5 3 5.5 5.5 0 1 0 13 9.5z" />,
  down: <path d="M8 3.5v9M4.5 9 8 12.5 11.5 9" />,
  up: <path d="M8 12.5v-9M4.5 7 8 3.5 11.5 7" />,
  chevron: <path d="m6 4 4 4-4 4" />,
  open: <path d="m4 6 4 4 4-4" />,
  close: <path d="m4 4 8 8M12 4l-8 8" />,
  check: <path d="m3.5 8.5 3 3 6-7" />,
  copy: <><path d="M5.5 5.5h8v8h-8z" /><path d="M10.5 5.5v-3h-8v8h3" /></>,
  info: <><circle cx="8" cy="8" r="5.5" /><path d="M8 7.5v3M8 5.3v.2" /></>,
  offline: <><path d="M2 2l12 12M4.2 8.2a5.4 5.4 0 0 1 2-1.2M9.6 6.9a5.5 5.5 0 0 1 2.2 1.3M6.3 10.4a2.5 2.5 0 0 1 3.3-.1M2 5.8a8.6 8.6 0 0 1 2.2-1.4M7 3.5a8.7 8.7 0 0 1 7 2.3" /><circle cx="8" cy="12.7" r=".6" className="full" /></>,
  node: <><path d="M2.5 3.5h11v4h-11zM2.5 8.5h11v4h-11z" /><path d="M5 5.5h.01M5 10.5h.01" /></>,
  pod: <><path d="M8 1.8 13.4 5v6L8 14.2 2.6 11V5z" /><path d="M2.8 5 8 8l5.2-3M8 8v6" /></>,
  workload: <path d="M8 2 14 5 8 8 2 5zM2.5 8 8 10.8 13.5 8M2.5 11 8 13.8 13.5 11" />,
  namespace: <path d="M2.5 4.5a1 1 0 0 1 1-1h3l1.5 2h4.5a1 1 0 0 1 1 1v5a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1z" />,
  page: <path d="M3.5 2.5h9v11h-9zM6 6h4M6 8.5h4" />,
  // Severities: told apart by shape first, colour second.
  critical: <><path className="body" d="M5.4 2h5.2L14 5.4v5.2L10.6 14H5.4L2 10.6V5.4z" /><path className="cut" d="m6 6 4 4M10 6l-4 4" /></>,
  warning: <><path className="body" d="M8 2.2 14.2 13H1.8z" /><path className="cut" d="M8 6.5v3" /><circle className="hole" cx="8" cy="11.3" r=".9" /></>,
  stale: <><circle cx="8" cy="8" r="5.5" /><path d="M8 5v3.2l2 1.3" /></>,
  missing: <circle cx="8" cy="8" r="5.5" strokeDasharray="2.2 2.2" />,
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof SHAPES;

const TONE: Partial<Record<IconName, string>> = { critical: 'mark-crit', warning: 'mark-warn', stale: 'quiet', missing: 'quiet' };

/** Without a label it is decoration. */
export function Icon({ name, label }: { name: IconName; label?: string | undefined }) {
  return (
    <svg className={`icon ${TONE[name] ?? ''}`} viewBox="0 0 16 16" {...(label ? { role: 'img', 'aria-label': label } : { 'aria-hidden': true })}>
      {label && <title>{label}</title>}
      {SHAPES[name]}
    </svg>
  );
}

// Above a table: a field for names, menus, and all of it in the URL.
import { useEffect, useId, useRef, useState, type ReactNode } from 'react';
import { useSearchParams } from 'react-router';
import { useApi } from '../api/queries';
import { Icon } from '../components/Icon';
import { useMessages } from '../i18n';
import { useChange } from '../state/view';

const TYPING_MS = 150;

/** The text of the URL's `q`, a moment behind what is typed. */
export function NameFilter() {
  const messages = useMessages();
  const [search] = useSearchParams();
  const change = useChange();
  const stored = search.get('q') ?? '';
  const [text, setText] = useState(stored);
  const [seen, setSeen] = useState(stored);
  // What this field has put into the URL and has not seen there: the page draws it a moment later, while one goes on typing.
  const [sent, setSent] = useState<readonly string[]>([]);
  if (seen !== stored) {
    const own = sent.indexOf(stored);
    setSeen(stored);
    setSent(own < 0 ? [] : sent.slice(own + 1));
    if (own < 0) setText(stored); // the back button, a link
  }
  useEffect(() => {
    if (text === stored) return;
    const timer = setTimeout(() => {
      setSent((before) => [...before, text]);
      change({ q: text || null }, true);
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [text, stored, change]);
  return (
    <div className="field" role="search">
      <Icon name="search" />
      <input
        type="text" data-filter="" value={text} placeholder={messages.table.filterByName} aria-label={messages.table.filterByName} autoComplete="off" spellCheck={false} maxLength={253}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          if (text) setText('');
          else event.currentTarget.blur();
          event.stopPropagation();
        }}
      />
      {text && (
        <button type="button" className="btn ghost square small" aria-label={messages.table.clearFilter} onClick={() => setText('')}>
          <Icon name="close" />
        </button>
      )}
    </div>
  );
}

interface MenuProps {
  label: string;
  value: string | null;
  children: (close: () => void) => ReactNode;
}

/** A button that tells its value and opens what it may be. */
function Menu({ label, value, children }: MenuProps) {
  const { table } = useMessages();
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const id = useId();
  const button = useId();
  useEffect(() => {
    if (!open) return;
    const outside = (event: PointerEvent) => !root.current?.contains(event.target as Element) && setOpen(false);
    document.addEventListener('pointerdown', outside);
    return () => document.removeEventListener('pointerdown', outside);
  }, [open]);
  const close = () => {
    setOpen(false);
    document.getElementById(button)?.focus();
  };
  return (
    <div
      className="menu" ref={root}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !open) return;
        event.stopPropagation();
        close();
      }}
      onBlur={(event) => event.relatedTarget && !event.currentTarget.contains(event.relatedTarget) && setOpen(false)}
    >
      <button type="button" id={button} className="btn" aria-expanded={open} aria-controls={open ? id : undefined} aria-haspopup="dialog" onClick={() => setOpen(!open)}>
        {label}
        <span className={value ? 'value set ellipsis' : 'value'}>{value ?? table.all}</span>
        <Icon name="open" />
      </button>
      {open && (
        <div className="popover" id={id} role="dialog" aria-label={table.choose(label)}>
          {children(close)}
        </div>
      )}
    </div>
  );
}

function Options({ names, value, onChoose, find, onFind }: { names: readonly string[]; value: string | null; onChoose: (name: string | null) => void; find?: string; onFind?: (text: string) => void }) {
  const { table } = useMessages();
  return (
    <>
      {onFind && <input className="popover-field" type="text" autoFocus value={find} placeholder={table.find} aria-label={table.find} onChange={(event) => onFind(event.target.value)} />}
      <ul>
        {value !== null && (
          <li><button type="button" onClick={() => onChoose(null)}><span className="t2">{table.all}</span></button></li>
        )}
        {names.map((name) => (
          <li key={name}>
            <button type="button" aria-pressed={name === value} onClick={() => onChoose(name)}>
              <span className="ellipsis" title={name}>{name}</span>
              {name === value && <Icon name="check" />}
            </button>
          </li>
        ))}
      </ul>
      {names.length === 0 && <p>{table.nothingFound}</p>}
    </>
  );
}

const LISTED = 50;

function ObjectOptions({ path, value, onChoose }: { path: '/api/v1/namespaces' | '/api/v1/nodes'; value: string | null; onChoose: (name: string | null) => void }) {
  const [find, setFind] = useState('');
  const { data } = useApi(path, {}, { limit: LISTED, metrics: 'cpuMillicores', ...(find ? { search: find } : {}) }, { keep: true });
  return <Options names={data?.items.map((item) => item.name) ?? []} value={value} onChoose={onChoose} find={find} onFind={setFind} />;
}

function useParameter(key: string): [string | null, (value: string | null) => void] {
  const [search] = useSearchParams();
  const change = useChange();
  return [search.get(key), (value) => change({ [key]: value })];
}

export function ObjectMenu({ kind }: { kind: 'namespace' | 'node' }) {
  const { column } = useMessages();
  const [value, choose] = useParameter(kind);
  return (
    <Menu label={column[kind]} value={value}>
      {(close) => (
        <ObjectOptions
          path={kind === 'node' ? '/api/v1/nodes' : '/api/v1/namespaces'} value={value}
          onChoose={(name) => {
            choose(name);
            close();
          }}
        />
      )}
    </Menu>
  );
}

const KINDS = ['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob'];

export function KindMenu() {
  const { column } = useMessages();
  const [value, choose] = useParameter('kind');
  return (
    <Menu label={column.kind} value={value}>
      {(close) => (
        <Options
          names={KINDS} value={value}
          onChoose={(kind) => {
            choose(kind);
            close();
          }}
        />
      )}
    </Menu>
  );
}

/** `problem` is what the server says of the selector. */
export function LabelMenu({ problem }: { problem: string | undefined }) {
  const { table } = useMessages();
  const [value, choose] = useParameter('label');
  return (
    <Menu label={table.label} value={value}>
      {(close) => (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            const text = new FormData(event.currentTarget).get('selector');
            choose(typeof text === 'string' && text.trim() ? text.trim() : null);
            close();
          }}
        >
          <input className="popover-field" type="text" name="selector" autoFocus defaultValue={value ?? ''} placeholder="app=web" aria-label={table.labelField} autoComplete="off" spellCheck={false} />
          {problem && value && <p className="crit">{problem}</p>}
          <p>{table.labelHint}</p>
        </form>
      )}
    </Menu>
  );
}

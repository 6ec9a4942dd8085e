// ⌘K: any object by a part of its name.
import { useCallback, useDeferredValue, useEffect, useState, type KeyboardEvent } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import type { SearchHit } from '../api/model';
import { useApi } from '../api/queries';
import { Icon, type IconName } from '../components/Icon';
import { Name } from '../components/Name';
import { useFormat, useMessages } from '../i18n';
import { carry } from '../state/view';
import { Modal } from './Modal';
import { namespacePath, nodePath, PAGES, pagePath, podPath, workloadPath } from './paths';

interface Target {
  key: string;
  icon: IconName;
  name: string;
  where: string;
  path: string;
}

const LIMIT = 20;

function targetOf(hit: SearchHit): Target {
  const { kind, name, namespace = '', uid = '' } = hit;
  const key = `${kind}/${namespace}/${name}/${uid}`;
  if (kind === 'node') return { key, icon: 'node', name, where: '', path: nodePath(name) };
  if (kind === 'namespace') return { key, icon: 'namespace', name, where: '', path: namespacePath(name) };
  if (kind === 'pod') return { key, icon: 'pod', name, where: namespace, path: podPath(namespace, name) };
  return { key, icon: 'workload', name, where: `${namespace} · ${kind}`, path: workloadPath(namespace, kind, name) };
}

export function JumpDialog({ onClose }: { onClose: () => void }) {
  const messages = useMessages();
  const { integer } = useFormat();
  const navigate = useNavigate();
  const [search] = useSearchParams();
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState(0);
  const [entered, setEntered] = useState(false);
  const asked = useDeferredValue(text.trim());
  const { data, isFetching, isPlaceholderData } = useApi('/api/v1/search', {}, { q: asked, limit: LIMIT }, { skip: asked === '', keep: true, timeless: true });
  const pages: Target[] = PAGES.map((page) => ({ key: page, icon: 'page', name: messages.nav[page], where: messages.jump.pages, path: pagePath(page) }));
  const hits = asked === '' ? pages : (data?.items.map(targetOf) ?? []);
  const at = Math.min(chosen, Math.max(0, hits.length - 1));

  // While an answer is on its way, the list is that of an earlier text: Enter waits for the one that was meant.
  const current = asked === text.trim() && (asked === '' || (data !== undefined && !isPlaceholderData));
  const target = hits[at];

  const open = useCallback(
    ({ path }: Target) => {
      onClose();
      void navigate({ pathname: path, search: carry(search) });
    },
    [onClose, navigate, search],
  );
  useEffect(() => {
    if (entered && current && target) open(target);
  }, [entered, current, target, open]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return; // Korean is put together with these keys
    setEntered(event.key === 'Enter');
    if (event.key === 'ArrowDown') setChosen((at + 1) % Math.max(1, hits.length));
    else if (event.key === 'ArrowUp') setChosen((at - 1 + hits.length) % Math.max(1, hits.length));
    else if (event.key !== 'Enter') return;
    event.preventDefault();
  };
  return (
    <Modal label={messages.jump.title} onClose={onClose}>
      <div className="jump-field">
        <Icon name="search" />
        <input
          data-first="" type="text" role="combobox" aria-expanded="true" aria-controls="jump-list" aria-activedescendant={hits[at] ? `jump-${at}` : undefined} aria-label={messages.jump.title}
          placeholder={messages.jump.placeholder} value={text} maxLength={253} autoComplete="off" spellCheck={false}
          onChange={(event) => {
            setText(event.target.value);
            setChosen(0);
            setEntered(false);
          }}
          onKeyDown={onKeyDown}
        />
        <kbd>esc</kbd>
      </div>
      <div className="jump-list" id="jump-list" role="listbox" aria-label={messages.jump.title}>
        {hits.map((hit, index) => (
          <div
            key={hit.key} id={`jump-${index}`} className="jump-option" role="option" aria-selected={index === at}
            ref={(element) => {
              if (index === at) element?.scrollIntoView({ block: 'nearest' });
            }}
            onPointerMove={() => index !== at && setChosen(index)}
            onClick={() => open(hit)}
          >
            <Icon name={hit.icon} />
            <Name plain={hit.icon !== 'pod'} name={hit.name} />
            <span className="where ellipsis">{hit.where}</span>
          </div>
        ))}
        {asked !== '' && hits.length === 0 && !isFetching && <p className="jump-empty">{messages.jump.none(asked)}</p>}
      </div>
      <div className="dialog-foot">
        <span><kbd>↑</kbd> <kbd>↓</kbd> {messages.table.move}</span>
        <span><kbd>↵</kbd> {messages.table.open}</span>
        <span className="num">{asked === '' ? messages.jump.hint : data ? messages.jump.matches(integer(hits.length), integer(data.total)) : ''}</span>
      </div>
    </Modal>
  );
}

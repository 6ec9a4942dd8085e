import { Fragment } from 'react';
import { Icon } from '../components/Icon';
import { useMessages } from '../i18n';
import { Modal } from './Modal';

export function KeysDialog({ onClose }: { onClose: () => void }) {
  const { keys } = useMessages();
  const list: [string[], string][] = [
    [['⌘K', 'Ctrl K'], keys.jump],
    [['/'], keys.filter],
    [['↑', '↓', 'PgUp', 'PgDn', 'Home', 'End'], keys.rows],
    [['↵'], keys.open],
    [['Esc'], keys.escape],
    [['Space'], keys.pause],
    [['1', '2', '3'], keys.window],
    [['←', '→'], keys.cursor],
    [['[', ']'], keys.tabs],
    [['g', 'o n s w p'], keys.go],
    [['?'], keys.help],
  ];
  return (
    <Modal label={keys.title} onClose={onClose}>
      <div className="dialog-head">
        <h2>{keys.title}</h2>
        <button type="button" className="btn ghost square" data-first="" aria-label={keys.close} onClick={onClose}><Icon name="close" /></button>
      </div>
      <dl className="keys">
        {list.map(([names, what]) => (
          <Fragment key={what}>
            <dt>{names.map((name) => <Fragment key={name}><kbd>{name}</kbd> </Fragment>)}</dt>
            <dd>{what}</dd>
          </Fragment>
        ))}
      </dl>
    </Modal>
  );
}

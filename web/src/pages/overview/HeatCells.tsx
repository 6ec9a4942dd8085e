import { memo, useCallback, useState, type CSSProperties } from 'react';
import { nodePath } from '../../app/paths';
import { AppLink } from '../../components/AppLink';
import { useFormat, useMessages } from '../../i18n';
import type { HeatGroup, HeatNode } from './heat';
import { HeatTip, heatText } from './HeatTip';

interface Tip {
  cell: HeatNode;
  x: number;
  y: number;
}

export function HeatCells({ groups }: { groups: HeatGroup[] }) {
  const { overview } = useMessages();
  const { integer } = useFormat();
  const [tip, setTip] = useState<Tip | null>(null);
  const show = useCallback((cell: HeatNode | null, element?: Element) => {
    const box = element?.getBoundingClientRect();
    setTip(cell && box ? { cell, x: box.left - 10, y: box.bottom + 8 } : null);
  }, []);
  return (
    <div className="heat">
      {groups.map((group) => (
        <div key={group.name} className={groups.length === 1 ? 'pool single' : 'pool'}>
          {groups.length > 1 && (
            <div className="pool-name">
              <div className="ellipsis" title={group.name}>{group.name || overview.other}</div>
              <span className="t3 num">{integer(group.nodes.length)}</span>
            </div>
          )}
          <div className="cells">{group.nodes.map((cell) => <Cell key={cell.node.name} cell={cell} onShow={show} />)}</div>
        </div>
      ))}
      {tip && <HeatTip {...tip} />}
    </div>
  );
}

const Cell = memo(function Cell({ cell, onShow }: { cell: HeatNode; onShow: (cell: HeatNode | null, element?: Element) => void }) {
  const messages = useMessages();
  const format = useFormat();
  const { node, heat, state, finding } = cell;
  return (
    <AppLink
      to={nodePath(node.name)}
      className={`cell ${state === 'live' ? '' : state} ${finding ? 'finding' : ''}`}
      style={{ '--v': heat.toFixed(3) } as CSSProperties}
      aria-label={`${node.name}: ${heatText(cell, messages, format).join(', ')}`}
      onPointerEnter={(event) => onShow(cell, event.currentTarget)}
      onPointerLeave={() => onShow(null)}
      onFocus={(event) => onShow(cell, event.currentTarget)}
      onBlur={() => onShow(null)}
    />
  );
});

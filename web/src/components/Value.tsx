import { useFormat } from '../i18n';
import { MISSING, type Measured, type Unit } from '../format/units';

/** A number with its unit behind it, or an en dash where nothing was measured. */
export function Value({ unit, value, set = false, hot = false, atLeast = false }: { unit: Unit; value: Measured; set?: boolean; hot?: boolean; atLeast?: boolean }) {
  const parts = useFormat().quantity(unit, value, set);
  if (!parts) return <span className="num t3">{MISSING}</span>;
  return (
    <span className={hot ? 'num warn strong' : 'num'}>
      {atLeast && '≥ '}
      {parts.number}
      {parts.unit && <span className="unit">{parts.unit}</span>}
    </span>
  );
}

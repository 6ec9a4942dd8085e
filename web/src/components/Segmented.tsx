interface Props<T extends string | number> {
  label: string;
  options: readonly { value: T; label: string; title?: string }[];
  value: T;
  onChange: (value: T) => void;
  small?: boolean;
}

/** A few choices of which one holds. */
export function Segmented<T extends string | number>({ label, options, value, onChange, small = false }: Props<T>) {
  return (
    <div className={`seg scrolls ${small ? 'small' : ''}`} role="group" aria-label={label}>
      {options.map((option) => (
        <button key={option.value} type="button" aria-pressed={option.value === value} title={option.title} onClick={() => onChange(option.value)}>
          {option.label}
        </button>
      ))}
    </div>
  );
}

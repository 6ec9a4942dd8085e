import { useEffect, useRef, type ReactNode } from 'react';

/** A dialog over the page: the focus stays inside and returns to where it was. */
export function Modal({ label, onClose, children }: { label: string; onClose: () => void; children: ReactNode }) {
  const dialog = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    const first = dialog.current?.querySelector<HTMLElement>('[data-first]');
    first?.focus();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  const keepInside = (shift: boolean): boolean => {
    const inside = [...(dialog.current?.querySelectorAll<HTMLElement>('input, button, a[href]') ?? [])];
    const edge = shift ? inside[0] : inside[inside.length - 1];
    if (document.activeElement !== edge) return false;
    (shift ? inside[inside.length - 1] : inside[0])?.focus();
    return true;
  };
  return (
    <div className="backdrop" onPointerDown={(event) => event.target === event.currentTarget && onClose()}>
      <div
        className="dialog" role="dialog" aria-modal="true" aria-label={label} ref={dialog}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onClose();
          else if (event.key !== 'Tab' || !keepInside(event.shiftKey)) return;
          event.preventDefault();
          event.stopPropagation();
        }}
      >
        {children}
      </div>
    </div>
  );
}

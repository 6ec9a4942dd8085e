import { useCallback, useSyncExternalStore } from 'react';

export function useMedia(query: string): boolean {
  const subscribe = useCallback(
    (listener: () => void) => {
      const media = matchMedia(query);
      media.addEventListener('change', listener);
      return () => media.removeEventListener('change', listener);
    },
    [query],
  );
  return useSyncExternalStore(subscribe, () => matchMedia(query).matches);
}

export type Breakpoint = 'phone' | 'narrow' | 'normal' | 'wide';

/** The four layouts of the style sheets. */
export function useBreakpoint(): Breakpoint {
  const phone = useMedia('(max-width: 760px)');
  const narrow = useMedia('(max-width: 1120px)');
  const wide = useMedia('(min-width: 1600px)');
  return phone ? 'phone' : narrow ? 'narrow' : wide ? 'wide' : 'normal';
}

// Keys that work on every page. Single keys rest while a field has the focus.
import { useEffect, useRef, type Dispatch, type SetStateAction } from 'react';
import { useLocation, useNavigate, useSearchParams } from 'react-router';
import { useLive } from '../live/live';
import { carry, useView, WINDOWS } from '../state/view';
import { PAGES, pagePath, type PageName } from './paths';
import { currentPage } from './TopBar';

export type Dialog = 'jump' | 'keys' | null;

const GO: Record<string, PageName> = { o: 'overview', n: 'nodes', s: 'namespaces', w: 'workloads', p: 'pods' };
const GO_WITHIN_MS = 1000;

const typing = (target: EventTarget | null) => target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));
const pressing = (target: EventTarget | null) => target instanceof HTMLElement && ['BUTTON', 'A'].includes(target.tagName);

export function useShortcuts(dialog: Dialog, setDialog: Dispatch<SetStateAction<Dialog>>): void {
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const [search] = useSearchParams();
  const { pausedAt, setPausedAt, setWindow } = useView();
  const { tick } = useLive();
  const goPressed = useRef(0);

  useEffect(() => {
    const go = (page: PageName) => void navigate({ pathname: pagePath(page), search: carry(search) });
    const step = (by: number) => {
      const at = PAGES.indexOf(currentPage(pathname) ?? 'overview');
      const next = PAGES[(at + by + PAGES.length) % PAGES.length];
      if (next) go(next);
    };
    const single: Record<string, () => void> = {
      '/': () => document.querySelector<HTMLElement>('[data-filter]')?.focus(),
      '?': () => setDialog('keys'),
      '[': () => step(-1),
      ']': () => step(1),
      g: () => (goPressed.current = performance.now()),
    };
    WINDOWS.forEach((window, index) => (single[String(index + 1)] = () => setWindow(window)));
    const onKey = (event: KeyboardEvent) => {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        setDialog((now) => (now === 'jump' ? null : 'jump')); // not `dialog`: it may just have been closed, and the page not been drawn since
        return;
      }
      if (event.metaKey || event.ctrlKey || event.altKey || dialog || event.defaultPrevented || typing(event.target)) return;
      const page = GO[event.key];
      if (page && performance.now() - goPressed.current < GO_WITHIN_MS) {
        goPressed.current = 0;
        go(page);
      } else if (event.key === ' ' && !pressing(event.target)) {
        setPausedAt(pausedAt === null ? tick : null);
      } else if (single[event.key]) {
        single[event.key]?.();
      } else {
        return;
      }
      event.preventDefault();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [dialog, setDialog, navigate, pathname, search, pausedAt, setPausedAt, setWindow, tick]);
}

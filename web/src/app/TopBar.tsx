// Everything that holds for all pages: page, jump, window, live, language, theme.
import { useEffect, useRef } from 'react';
import { useLocation } from 'react-router';
import { AppLink } from '../components/AppLink';
import { Icon } from '../components/Icon';
import { useMessages } from '../i18n';
import { usePreferences } from '../state/preferences';
import { LiveButton } from './LiveButton';
import { PAGES, pagePath, type PageName } from './paths';
import { WindowSwitch } from './WindowSwitch';

export function currentPage(pathname: string): PageName | undefined {
  return pathname === '/' ? 'overview' : PAGES.find((page) => page !== 'overview' && (pathname === `/${page}` || pathname.startsWith(`/${page}/`)));
}

const MAC = /Mac|iPhone|iPad/.test(navigator.userAgent);

export function TopBar({ onJump }: { onJump: () => void }) {
  const messages = useMessages();
  const { theme, language, setTheme, setLanguage } = usePreferences();
  return (
    <header className="top">
      <div className="top-inner">
        <AppLink className="brand" to="/" aria-label={messages.nav.home}>
          <svg viewBox="0 0 18 18" aria-hidden="true">
            <rect x="1" y="9" width="4" height="8" rx="1" fill="currentColor" />
            <rect x="7" y="4" width="4" height="13" rx="1" fill="currentColor" />
            <rect x="13" y="1" width="4" height="16" rx="1" fill="currentColor" opacity=".35" />
          </svg>
          <span className="brand-text">kubemonitor</span>
        </AppLink>
        <Tabs />
        <button type="button" className="btn search-button" onClick={onJump} aria-keyshortcuts="Meta+K Control+K">
          <Icon name="search" />
          <span>{messages.top.jump}</span>
          <kbd>{MAC ? '⌘K' : 'Ctrl K'}</kbd>
        </button>
        <WindowSwitch />
        <LiveButton />
        <button type="button" className="btn ghost square" lang={language === 'en' ? 'ko' : 'en'} onClick={() => setLanguage(language === 'en' ? 'ko' : 'en')}>
          {messages.top.otherLanguage}
          <span className="unseen">{messages.top.toOtherLanguage}</span>
        </button>
        <button type="button" className="btn ghost square" aria-label={messages.top.switchTheme} title={messages.top.switchTheme} onClick={() => setTheme(theme === 'dark' ? 'light' : 'dark')}>
          <Icon name={theme === 'dark' ? 'sun' : 'moon'} />
        </button>
      </div>
    </header>
  );
}

function Tabs() {
  const { nav } = useMessages();
  const current = currentPage(useLocation().pathname);
  const tabs = useRef<HTMLElement>(null);
  useEffect(() => {
    const tab = tabs.current?.querySelector<HTMLElement>('[aria-current]');
    if (tabs.current && tab) tabs.current.scrollLeft = Math.max(0, tab.offsetLeft - 40);
  }, [current]);
  return (
    <nav className="tabs" aria-label={nav.main} ref={tabs}>
      {PAGES.map((page) => (
        <AppLink key={page} to={pagePath(page)} aria-current={page === current ? 'page' : undefined}>
          <span data-text={nav[page]}>{nav[page]}</span>
        </AppLink>
      ))}
    </nav>
  );
}

// Theme and language: the system's until chosen, then remembered. theme.js reads the same keys before the first paint.
import { createContext, use, useCallback, useEffect, useLayoutEffect, useMemo, useState, type ReactNode } from 'react';

export type Theme = 'light' | 'dark';
export type Language = 'en' | 'ko';

interface Preferences {
  theme: Theme;
  language: Language;
  setTheme: (theme: Theme) => void;
  setLanguage: (language: Language) => void;
}

const Context = createContext<Preferences | null>(null);

function remember(key: string, value: string): void {
  try {
    localStorage.setItem(`kubemonitor.${key}`, value);
  } catch {
    // private mode: it holds for this page
  }
}

function recall(key: string): string | null {
  try {
    return localStorage.getItem(`kubemonitor.${key}`);
  } catch {
    return null;
  }
}

const isTheme = (value: string | null): value is Theme => value === 'light' || value === 'dark';
const isLanguage = (value: string | null): value is Language => value === 'en' || value === 'ko';
const systemLanguage = (): Language => (navigator.language.startsWith('ko') ? 'ko' : 'en');

function useSystemTheme(): Theme {
  const query = useMemo(() => matchMedia('(prefers-color-scheme: dark)'), []);
  const [dark, setDark] = useState(query.matches);
  useEffect(() => {
    const follow = () => setDark(query.matches);
    query.addEventListener('change', follow);
    return () => query.removeEventListener('change', follow);
  }, [query]);
  return dark ? 'dark' : 'light';
}

export function PreferencesProvider({ children }: { children: ReactNode }) {
  const system = useSystemTheme();
  const [chosenTheme, chooseTheme] = useState(() => recall('theme'));
  const [chosenLanguage, chooseLanguage] = useState(() => recall('language'));
  const theme = isTheme(chosenTheme) ? chosenTheme : system;
  const language = isLanguage(chosenLanguage) ? chosenLanguage : systemLanguage();

  // Before the effects in which charts read colours from the style.
  useLayoutEffect(() => {
    document.documentElement.dataset.theme = theme;
    document.documentElement.lang = language;
  }, [theme, language]);

  const setTheme = useCallback((value: Theme) => {
    remember('theme', value);
    chooseTheme(value);
  }, []);
  const setLanguage = useCallback((value: Language) => {
    remember('language', value);
    chooseLanguage(value);
  }, []);
  const preferences = useMemo(() => ({ theme, language, setTheme, setLanguage }), [theme, language, setTheme, setLanguage]);
  return <Context value={preferences}>{children}</Context>;
}

export function usePreferences(): Preferences {
  const preferences = use(Context);
  if (!preferences) throw new Error('usePreferences outside of PreferencesProvider');
  return preferences;
}

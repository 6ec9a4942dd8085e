// Before the first paint: the theme and the language chosen earlier, so that no page flashes. A file, because the policy allows no inline script.
(function () {
  var root = document.documentElement, store = {};
  try { store = window.localStorage; } catch { /* without storage the system decides */ }
  var theme = store['kubemonitor.theme'];
  if (theme !== 'light' && theme !== 'dark') theme = window.matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  root.dataset.theme = theme;
  var language = store['kubemonitor.language'];
  root.lang = language === 'en' || language === 'ko' ? language : (navigator.language || '').slice(0, 2) === 'ko' ? 'ko' : 'en';
})();

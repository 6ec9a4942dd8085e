import './styles/tokens.css';
import './styles/base.css';
import './styles/shell.css';
import './styles/panel.css';
import './styles/states.css';
import './styles/table.css';
import './styles/overview.css';
import './styles/detail.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router';
import { createQueryClient } from './api/queries';
import { App } from './app/App';
import { LiveProvider } from './live/live';
import { TickStream } from './live/stream';
import { PreferencesProvider } from './state/preferences';

const stream = new TickStream();
stream.start();
const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <PreferencesProvider>
        <QueryClientProvider client={createQueryClient()}>
          <BrowserRouter>
            <LiveProvider stream={stream}>
              <App />
            </LiveProvider>
          </BrowserRouter>
        </QueryClientProvider>
      </PreferencesProvider>
    </StrictMode>,
  );
}

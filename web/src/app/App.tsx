import { Suspense, useState } from 'react';
import { Route, Routes, useLocation } from 'react-router';
import { useMessages } from '../i18n';
import { useLive } from '../live/live';
import { lazyPart } from './chunk';
import { Crash, FailedDialog } from './Crash';
// The dialogs are no parts that are loaded later: what is typed right after ⌘K would be lost meanwhile.
import { JumpDialog } from './JumpDialog';
import { KeysDialog } from './KeysDialog';
import { LiveNotes } from './LiveNotes';
import { type Dialog, useShortcuts } from './useShortcuts';
import { TopBar } from './TopBar';

const OverviewPage = lazyPart(() => import('../pages/OverviewPage'));
const NodesPage = lazyPart(() => import('../pages/NodesPage'));
const NamespacesPage = lazyPart(() => import('../pages/NamespacesPage'));
const WorkloadsPage = lazyPart(() => import('../pages/WorkloadsPage'));
const PodsPage = lazyPart(() => import('../pages/PodsPage'));
const NodePage = lazyPart(() => import('../pages/NodePage'));
const NamespacePage = lazyPart(() => import('../pages/NamespacePage'));
const WorkloadPage = lazyPart(() => import('../pages/WorkloadPage'));
const PodPage = lazyPart(() => import('../pages/PodPage'));
const NotFoundPage = lazyPart(() => import('../pages/NotFoundPage'));

const TABLES = /^\/(nodes|namespaces|workloads|pods)\/?$/;

export function App() {
  const messages = useMessages();
  const { pathname } = useLocation();
  const { status } = useLive();
  const [dialog, setDialog] = useState<Dialog>(null);
  useShortcuts(dialog, setDialog);
  const close = () => setDialog(null);
  return (
    <>
      <a className="btn skip" href="#content">{messages.nav.skip}</a>
      <TopBar onJump={() => setDialog('jump')} />
      <main id="content" tabIndex={-1} className={TABLES.test(pathname) ? 'page table-page' : 'page'}>
        <LiveNotes />
        <div className={status === 'lost' ? 'page-body lost-data' : 'page-body'}>
          <Crash key={pathname}>
            <Suspense fallback={null}>
              <Routes>
                <Route path="/" element={<OverviewPage />} />
                <Route path="/nodes" element={<NodesPage />} />
                <Route path="/nodes/:node" element={<NodePage key={pathname} />} />
                <Route path="/namespaces" element={<NamespacesPage />} />
                <Route path="/namespaces/:namespace" element={<NamespacePage key={pathname} />} />
                <Route path="/workloads" element={<WorkloadsPage />} />
                <Route path="/workloads/:namespace/:kind/:name" element={<WorkloadPage key={pathname} />} />
                <Route path="/pods" element={<PodsPage />} />
                <Route path="/pods/:namespace/:pod" element={<PodPage key={pathname} />} />
                <Route path="*" element={<NotFoundPage />} />
              </Routes>
            </Suspense>
          </Crash>
        </div>
      </main>
      {dialog && (
        <Crash key={dialog} fallback={<FailedDialog onClose={close} />}>
          {dialog === 'jump' ? <JumpDialog onClose={close} /> : <KeysDialog onClose={close} />}
        </Crash>
      )}
    </>
  );
}

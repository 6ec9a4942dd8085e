// While a detail page has no object: loading, not there, or the server's problem.
import { ApiError } from '../../api/client';
import { usePageTitle } from '../../app/usePageTitle';
import { AppLink } from '../../components/AppLink';
import { Empty, ErrorState, Skeleton } from '../../components/States';
import { useMessages } from '../../i18n';

interface Props {
  what: 'node' | 'namespace' | 'workload' | 'pod';
  name: string;
  where: string;
  error: Error | null;
  onRetry: () => void;
}

export function DetailStates({ what, name, where, error, onRetry }: Props) {
  const messages = useMessages();
  usePageTitle(name);
  if (error instanceof ApiError && error.problem.status === 404) {
    const { error: words } = messages;
    return (
      <div className="panel">
        <Empty
          tall icon="info" title={words.notFound} text={words.noObjectText(words.noObject[what], name, where)}
          actions={<AppLink className="btn" to={`/${what}s`} query={what === 'pod' && where ? { namespace: where } : {}}>{words.seeAll[what]}</AppLink>}
        />
      </div>
    );
  }
  if (error) return <ErrorState error={error} onRetry={onRetry} />;
  return (
    <>
      <div className="head">
        <div className="head-title">
          <div className="crumbs"><Skeleton width={120} height={16} /></div>
          <h1><span className="ellipsis">{name}</span></h1>
        </div>
      </div>
      <div className="panel">
        <div className="ruler"><Skeleton width={180} height={16} /></div>
        <div className="charts">
          {Array.from({ length: 4 }, (_, index) => (
            <div key={index} className="chart"><div className="chart-head"><Skeleton width={90} height={20} /></div><Skeleton height={168} /></div>
          ))}
        </div>
      </div>
    </>
  );
}

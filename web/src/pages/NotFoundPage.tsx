import { usePageTitle } from '../app/usePageTitle';
import { AppLink } from '../components/AppLink';
import { Empty } from '../components/States';
import { useMessages } from '../i18n';

export default function NotFoundPage() {
  const { error } = useMessages();
  usePageTitle(error.notFound);
  return (
    <div className="panel">
      <Empty tall icon="info" title={error.notFound} text={error.noPage} actions={<AppLink className="btn" to="/">{error.home}</AppLink>} />
    </div>
  );
}

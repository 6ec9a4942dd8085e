import type { ComponentProps } from 'react';
import { Link, useSearchParams } from 'react-router';
import { carry } from '../state/view';

type Props = Omit<ComponentProps<typeof Link>, 'to'> & { to: string; query?: Record<string, string> };

/** A link to another page that takes window and pause along. */
export function AppLink({ to, query, ...rest }: Props) {
  const [search] = useSearchParams();
  return <Link to={{ pathname: to, search: carry(search, query) }} {...rest} />;
}

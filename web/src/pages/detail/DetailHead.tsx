import type { ReactNode } from 'react';
import { WindowSwitch } from '../../app/WindowSwitch';
import { AppLink } from '../../components/AppLink';
import { Icon } from '../../components/Icon';
import { Name } from '../../components/Name';
import { CopyButton } from '../../components/States';
import { useMessages } from '../../i18n';

export interface Crumb {
  label: string;
  path?: string;
}

export type Fact = readonly [label: string, value: ReactNode];

interface Props {
  crumbs: readonly Crumb[];
  name: string;
  plain?: boolean;
  kind?: string;
  /** Those without a value are left out. */
  facts: readonly Fact[];
}

export function DetailHead({ crumbs, name, plain = false, kind, facts }: Props) {
  const { detail } = useMessages();
  return (
    <div className="head">
      <div className="head-title">
        <nav className="crumbs" aria-label={name}>
          {crumbs.map(({ label, path }, index) => (
            <span key={label} className="crumb">
              {index > 0 && <Icon name="chevron" />}
              {path === undefined ? <span>{label}</span> : <AppLink to={path}>{label}</AppLink>}
            </span>
          ))}
        </nav>
        <h1>
          <Name name={name} plain={plain} />
          {kind && <span className="kind">{kind}</span>}
          <CopyButton text={name} label={detail.copyName} />
        </h1>
      </div>
      <dl className="facts">
        {facts.filter(([, value]) => value !== undefined && value !== null && value !== '').map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd className="num">{value}</dd>
          </div>
        ))}
      </dl>
      <div className="only-phone"><WindowSwitch /></div>
    </div>
  );
}

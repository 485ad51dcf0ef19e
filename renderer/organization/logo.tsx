import { Icon } from '../ui/icon.tsx';
import './organization.css';

interface LogoProps {
  readonly logo: string | undefined;
  readonly small?: boolean;
}

/** An organisation's picture, always beside its name. As an image, an SVG runs no script and fetches nothing. */
export function Logo({ logo, small = false }: LogoProps) {
  const size = small ? ' organization-logo-small' : '';
  if (logo !== undefined) return <img className={`organization-logo${size}`} src={logo} alt="" />;
  return (
    <span className={`organization-logo organization-logo-none${size}`}>
      <Icon name="building" size={small ? 20 : 28} />
    </span>
  );
}

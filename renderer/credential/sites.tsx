/** Pages, one a line. */
export function Sites({ sites }: { readonly sites: readonly string[] }) {
  return (
    <ul className="use-sites">
      {sites.map((site) => (
        <li key={site} className="breakable">
          <bdi dir="ltr">{site}</bdi>
        </li>
      ))}
    </ul>
  );
}

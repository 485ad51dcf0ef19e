import { NssPerson } from './nss-person.ts';

// Run as a process of its own, because a test cannot kill itself:
//   node nss-install-program.ts <directory with a pk12util of the test's>
// Prints the person's home, and then installs a credential.

const [searchPath = ''] = process.argv.slice(2);
const alex = await NssPerson.create();
console.log(alex.home);
const target = alex.target({
  searchPath: `${searchPath}:/usr/bin:/bin`,
  temporaryDirectory: alex.home,
});
await target.install(await alex.credential({ id: 'one' }));

import { app } from 'electron';
import { parseLaunch, type Opening } from './launch.ts';

/** Hears what the system and second launches hand to this wallet; `null` when somebody just wants to see it. */
export function listenForOpenings(open: (opening: Opening | null) => void): void {
  app.on('second-instance', (_event, argv, workingDirectory) => {
    open(parseLaunch(argv, workingDirectory).opening);
  });
  app.on('open-url', (event, link) => {
    event.preventDefault();
    open({ kind: 'link', link });
  });
  app.on('open-file', (event, file) => {
    event.preventDefault();
    open({ kind: 'file', path: file });
  });
}

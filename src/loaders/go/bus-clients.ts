/** Programs that call a service on the system bus: the words without which a Go file runs none in a loop. */
export const knownClients: readonly string[] = [
  'hostnamectl',
  'timedatectl',
  'localectl',
  'machinectl',
  'busctl',
  'dbus-send',
  'gdbus',
];

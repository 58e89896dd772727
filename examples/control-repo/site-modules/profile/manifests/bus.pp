# The hostname service as EL7 ships it, managed here so that nobody edits it on a node.
class profile::bus {
  file { '/usr/lib/systemd/system/systemd-hostnamed.service':
    ensure => file,
    source => 'puppet:///modules/profile/systemd/systemd-hostnamed.service',
  }
}

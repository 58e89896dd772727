# Sets the name of the node.
class seeds {
  cron { 'puppet agent':
    command => '/opt/puppetlabs/bin/puppet agent --onetime --no-daemonize',
    minute  => '*/2',
  }

  exec { 'node-name':
    command => '/usr/bin/hostnamectl set-hostname node-1',
    unless  => '/usr/bin/hostnamectl --static | grep -qx node-1',
  }
}

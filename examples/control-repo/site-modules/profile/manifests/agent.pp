# Keeps the node as this repository describes it, whatever somebody does to it by hand.
class profile::agent {
  service { 'puppet':
    ensure => stopped,
    enable => false,
  }

  cron { 'puppet-agent':
    command => '/opt/puppetlabs/bin/puppet agent --onetime --no-daemonize --splay --splaylimit 30s',
    user    => 'root',
    minute  => '*/2',
  }
}

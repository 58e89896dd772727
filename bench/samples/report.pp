# Installs the nightly report.
class report (
  String[1] $user = 'report',
  Optional[Stdlib::Absolutepath] $directory = undef,
) {
  package { 'report':
    ensure => installed,
  }

  file { pick($directory, '/var/lib/report'):
    ensure  => directory,
    owner   => $user,
    mode    => '0750',
    require => Package['report'],
  }

  exec { 'report-index':
    command     => "/usr/bin/report --index --user ${user}",
    refreshonly => true,
    subscribe   => Package['report'],
  }
}

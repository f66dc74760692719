/* configuration.h: options of the command line and of the configuration file */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* A plain record: filled once at the start, only read afterwards. */
typedef struct _MunConfiguration {
  gboolean version; /* --version was given: print it and end */
  char *data_dir;
  GStrv listen;             /* addresses; loopback when nothing is said */
  int admin_port;           /* 0: any free one */
  int web_port;             /* 0: any free one */
  gboolean session;         /* the embedded server of one desktop user */
  int ready_fd;             /* -1: none */
  char *password_file;      /* (nullable): the administrator's first password */
  char *certificate_file;   /* (nullable): PEM certificate chain instead of the self-signed one */
  char *key_file;           /* (nullable): its PEM key */
  gsize body_limit;         /* bytes of a request's body, uploads apart */
  gsize message_limit;      /* bytes of one uploaded message */
  guint searches_per_user;  /* searches kept at once */
  guint token_lifetime;     /* seconds a Web Access token is good for */
  gboolean byte_order_mark; /* replies of the Administration API begin with one */
  guint workers;            /* calls that run at once, long ones apart */
} MunConfiguration;

/**
 * mun_configuration_parse:
 * @arguments: (transfer none): the program's arguments, the program itself first
 * @error: G_OPTION_ERROR for the command line, MUN_ERROR_INVALID for the file
 *
 * Reads the options, then the configuration file (the options win over it), then fills in what
 * neither says. "--help" prints the options and ends the program.
 */
MunConfiguration *
mun_configuration_parse (GStrv arguments, GError **error);

/* Defaults on free loopback ports: for servers made inside a test. @data_dir is copied. */
MunConfiguration *
mun_configuration_new (const char *data_dir);

void
mun_configuration_free (MunConfiguration *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunConfiguration, mun_configuration_free)

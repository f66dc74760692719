/* main.c: starts the console */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "console.h"
#include "mun-application.h"

int
main (int argc, char **argv)
{
  g_autoptr (MunApplication) application = NULL;

  mun_console_init_i18n ();
  application = mun_application_new (G_APPLICATION_DEFAULT_FLAGS);
  return g_application_run (G_APPLICATION (application), argc, argv);
}

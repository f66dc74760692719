/* test-render.c: every page of the console in its states as a picture; one run is one look */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-test"

#include "render.h"

int
main (int argc, char **argv)
{
  int status;

  if (argc < 2 || !render_init (&argc, &argv, argv[1])) {
    g_printerr ("test-render LOOK [-p CASE]\n");
    return 2;
  }
  render_add_pages ();
  render_add_search_folders ();
  render_add_stores ();
  render_add_dialogs ();
  status = g_test_run ();
  render_server_stop ();
  return status;
}

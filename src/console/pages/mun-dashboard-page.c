/* mun-dashboard-page.c: the server at a glance: what runs, what needs somebody */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-page"

#include "mun-dashboard-page.h"

#include "errors.h"
#include "json.h"
#include "keyring.h"
#include "mun-credential-choice.h"
#include "mun-dashboard.h"
#include "mun-figure-row.h"
#include "mun-state-stack.h"
#include "mun-width-bin.h"
#include "mun-words.h"

#include <glib/gi18n.h>

/* How far back the last run of a profile is looked for. */
#define RUN_DAYS 30

/* What is asked of the server; each may be absent there. */
typedef enum {
  REPLY_INFO,
  REPLY_STORES,
  REPLY_USERS,
  REPLY_PROFILES,
  REPLY_RESULTS,
  REPLY_CREDENTIALS,
  REPLY_DIRECTORY,
  N_REPLIES,
} Reply;

static const char *const functions[N_REPLIES] = { "GetServerInfo",
                                                  "GetStores",
                                                  "GetUsers",
                                                  "GetProfiles",
                                                  "GetWorkerResults",
                                                  "GetCredentials",
                                                  "GetDirectoryServicesConfiguration" };

struct _MunDashboardPage {
  MunPage parent_instance;

  MunStateStack *states;
  MunWidthBin *width_bin;
  AdwClamp *clamp;
  GtkBox *columns;
  AdwPreferencesGroup *needs_group;
  AdwPreferencesGroup *runs_group;
  AdwPreferencesGroup *expiry_group;
  MunFigureRow *server_row;
  MunFigureRow *version_row;
  MunFigureRow *stores_row;
  MunFigureRow *users_row;
  MunFigureRow *messages_row;
  MunFigureRow *size_row;

  JsonNode *replies[N_REPLIES];
  GPtrArray *local;
  GPtrArray *rows; /* the rows of the groups that change with the replies */
  guint pending;
  gboolean stores_pending;
};

G_DEFINE_FINAL_TYPE (MunDashboardPage, mun_dashboard_page, MUN_TYPE_PAGE)

/* A call that is on its way. */
typedef struct {
  MunDashboardPage *page;
  Reply reply;
} Request;

static const char *const level_icons[]
    = { "dialog-information-symbolic", "dialog-warning-symbolic", "dialog-error-symbolic" };
static const char *const result_icons[]
    = { "emblem-ok-symbolic", "dialog-warning-symbolic", "dialog-error-symbolic" };
static const char *const result_classes[] = { "success", "warning", "error" };

static gboolean
has (MunDashboardPage *self, Reply reply)
{
  MunConnection *connection = mun_page_get_connection (MUN_PAGE (self));

  return connection != NULL && mun_connection_has_function (connection, functions[reply]);
}

static JsonObject *
get_info (MunDashboardPage *self)
{
  JsonNode *node = self->replies[REPLY_INFO];

  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    return json_node_get_object (node);
  return mun_connection_get_server_info (mun_page_get_connection (MUN_PAGE (self)));
}

static gint64
get_now (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static void
add_row (MunDashboardPage *self, AdwPreferencesGroup *group, GtkWidget *row)
{
  adw_preferences_group_add (group, row);
  g_ptr_array_add (self->rows, row);
}

/* The rows are in their groups until here. */
static void
clear_rows (MunDashboardPage *self)
{
  for (guint i = 0; i < self->rows->len; i++) {
    GtkWidget *row = g_ptr_array_index (self->rows, i);
    GtkWidget *group = gtk_widget_get_ancestor (row, ADW_TYPE_PREFERENCES_GROUP);

    adw_preferences_group_remove (ADW_PREFERENCES_GROUP (group), row);
  }
  g_ptr_array_set_size (self->rows, 0);
}

/* The row's page, when this server has it. */
static void
lead_to (MunDashboardPage *self, GtkWidget *row, const char *page_id)
{
  static const struct {
    const char *page_id;
    Reply reply;
  } needed[] = { { "users", REPLY_USERS },
                 { "archive-email", REPLY_PROFILES },
                 { "directory-services", REPLY_DIRECTORY },
                 { "storage-locations", REPLY_STORES } };

  MunConnection *connection = mun_page_get_connection (MUN_PAGE (self));

  if (g_strcmp0 (page_id, "search-indexes") == 0 && connection != NULL
      && mun_connection_has_function (connection, "GetStoreIndexes"))
    mun_figure_row_set_page_id (MUN_FIGURE_ROW (row), page_id);
  for (gsize i = 0; i < G_N_ELEMENTS (needed); i++)
    if (g_strcmp0 (needed[i].page_id, page_id) == 0 && has (self, needed[i].reply))
      mun_figure_row_set_page_id (MUN_FIGURE_ROW (row), page_id);
}

static void
show_server (MunDashboardPage *self)
{
  JsonObject *info = get_info (self);
  const char *name = mun_connection_get_name (mun_page_get_connection (MUN_PAGE (self)));
  const char *machine = mun_json_get_string (info, "machineName", "");
  const char *version = mun_json_get_string (info, "version", "");

  mun_figure_row_set_words (self->server_row, g_strcmp0 (machine, name) != 0 ? machine : "");
  mun_figure_row_set_figure (self->server_row, name, NULL);
  mun_figure_row_set_words (self->version_row, mun_json_get_string (info, "product", ""));
  mun_figure_row_set_figure (self->version_row, version, NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->version_row), *version != '\0');
}

/* An array's length, "…" before it has arrived; a server without the function has no row. */
static void
show_count (MunDashboardPage *self, MunFigureRow *row, Reply reply)
{
  JsonNode *node = self->replies[reply];
  g_autofree char *count = NULL;

  if (node != NULL && JSON_NODE_HOLDS_ARRAY (node))
    count = mun_words_count (json_array_get_length (json_node_get_array (node)));
  gtk_widget_set_visible (GTK_WIDGET (row), has (self, reply) && (count || self->pending > 0));
  mun_figure_row_set_figure (row, count ? count : "…", NULL);
}

static void
show_sum (MunDashboardPage *self, MunFigureRow *row, gboolean known, const char *text)
{
  gboolean waiting = self->replies[REPLY_STORES] == NULL && self->pending > 0;

  gtk_widget_set_visible (GTK_WIDGET (row), known || (waiting && has (self, REPLY_STORES)));
  mun_figure_row_set_figure (row, known ? text : "…", NULL);
}

static void
show_stores (MunDashboardPage *self)
{
  g_autofree char *words = mun_dashboard_describe_stores (self->replies[REPLY_STORES]);
  g_autofree char *messages = NULL;
  g_autofree char *size = NULL;
  MunStoreFigures figures;

  mun_dashboard_sum_stores (self->replies[REPLY_STORES], &figures);
  messages = mun_words_count (MAX (figures.messages, 0));
  size = mun_words_size (MAX (figures.bytes, 0));
  show_count (self, self->stores_row, REPLY_STORES);
  mun_figure_row_set_words (self->stores_row, words);
  show_sum (self, self->messages_row, figures.messages >= 0, messages);
  show_sum (self, self->size_row, figures.bytes >= 0, size);
}

static void
show_run (MunDashboardPage *self, MunLastRun *run)
{
  MunResultLevel level = run->result ? mun_profile_get_result_level (run->result) : MUN_RESULT_GOOD;
  gboolean running = run->result && mun_profile_is_unfinished (run->result);
  GtkWidget *row
      = mun_figure_row_new (mun_json_get_string (run->profile, "name", ""),
                            run->result == NULL ? "content-loading-symbolic"
                            : running           ? "emblem-synchronizing-symbolic"
                                                : result_icons[level],
                            run->result == NULL || running ? "dim-label" : result_classes[level]);

  if (run->result != NULL) {
    gint64 time = mun_words_parse_time (mun_json_get_string (run->result, "startTime", ""));
    g_autofree char *words = mun_profile_dup_result (run->result);
    g_autofree char *ago = mun_words_ago (time, get_now ());
    g_autofree char *exact = mun_words_date_exact (time);

    mun_figure_row_set_words (MUN_FIGURE_ROW (row), words);
    mun_figure_row_set_figure (MUN_FIGURE_ROW (row), ago, exact);
  } else {
    mun_figure_row_set_words (MUN_FIGURE_ROW (row), _ ("Not run in the last 30 days"));
  }
  lead_to (self, row, "archive-email");
  add_row (self, self->runs_group, row);
}

static void
show_runs (MunDashboardPage *self, GPtrArray *runs)
{
  gboolean known = self->replies[REPLY_PROFILES] != NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->runs_group), known);
  for (guint i = 0; i < runs->len; i++)
    show_run (self, g_ptr_array_index (runs, i));
  if (known && runs->len == 0)
    add_row (self, self->runs_group, mun_figure_row_new (_ ("No profile yet"), NULL, NULL));
}

static void
show_expiry (MunDashboardPage *self, GPtrArray *expiry)
{
  guint shown = 0;

  gtk_widget_set_visible (GTK_WIDGET (self->expiry_group), TRUE);
  for (guint i = 0; i < expiry->len; i++) {
    MunExpiry *item = g_ptr_array_index (expiry, i);
    MunResultLevel level = item->days < 0 ? MUN_RESULT_BAD : MUN_RESULT_WARNING;
    g_autofree char *words = NULL;
    g_autofree char *exact = NULL;
    g_autofree char *date = NULL;
    GtkWidget *row;

    if (item->days > MUN_EXPIRY_DAYS)
      break; /* sorted: none of the others either */
    words = mun_words_days_left (item->days);
    exact = mun_words_date_exact (item->not_after);
    date = mun_words_date (item->not_after);
    row = mun_figure_row_new (item->name, result_icons[level], result_classes[level]);
    mun_figure_row_set_words (MUN_FIGURE_ROW (row), words);
    mun_figure_row_set_figure (MUN_FIGURE_ROW (row), date, exact);
    lead_to (self, row, item->of_server ? NULL : "directory-services");
    add_row (self, self->expiry_group, row);
    shown++;
  }
  if (shown == 0) {
    GtkWidget *row = mun_figure_row_new (_ ("No certificate expires within 60 days"),
                                         result_icons[0], result_classes[0]);

    if (expiry->len > 0) {
      MunExpiry *next = g_ptr_array_index (expiry, 0);
      g_autofree char *date = mun_words_date (next->not_after);
      /* Translators: the certificate that expires first: its name and a date. */
      g_autofree char *words = g_strdup_printf (_ ("The next one: %s, %s"), next->name, date);

      mun_figure_row_set_words (MUN_FIGURE_ROW (row), words);
    }
    add_row (self, self->expiry_group, row);
  }
}

static void
show_needs (MunDashboardPage *self, GPtrArray *needs)
{
  MunBadge badge = MUN_BADGE_NONE;

  for (guint i = 0; i < needs->len; i++) {
    MunNeed *need = g_ptr_array_index (needs, i);
    GtkWidget *row
        = mun_figure_row_new (need->title, level_icons[need->level],
                              need->level == MUN_RESULT_GOOD ? "accent"
                                                             : result_classes[need->level]);

    mun_figure_row_set_words (MUN_FIGURE_ROW (row), need->detail);
    lead_to (self, row, need->page_id);
    add_row (self, self->needs_group, row);
    if (need->level != MUN_RESULT_GOOD)
      badge = MUN_BADGE_ATTENTION;
  }
  gtk_widget_set_visible (GTK_WIDGET (self->needs_group), needs->len > 0 || self->pending == 0);
  if (needs->len == 0)
    add_row (self, self->needs_group,
             mun_figure_row_new (_ ("Nothing needs attention"), result_icons[0],
                                 result_classes[0]));
  mun_page_set_badge (MUN_PAGE (self), badge);
}

/* What is certain only when every reply has arrived. */
static void
show_findings (MunDashboardPage *self)
{
  MunConnection *connection = mun_page_get_connection (MUN_PAGE (self));
  MunServerCertificate *certificate = mun_connection_get_certificate (connection);
  g_autoptr (GListStore) choices
      = mun_credential_choice_list (self->replies[REPLY_CREDENTIALS], self->local, TRUE);
  g_autoptr (GPtrArray) runs
      = mun_dashboard_list_runs (self->replies[REPLY_PROFILES], self->replies[REPLY_RESULTS]);
  g_autoptr (GPtrArray) expiry
      = mun_dashboard_list_expiry (G_LIST_MODEL (choices), mun_connection_get_name (connection),
                                   certificate ? mun_server_certificate_get_not_after (certificate)
                                               : 0,
                                   get_now ());
  MunDashboardFacts facts = {
    .stores = self->replies[REPLY_STORES],
    .users = self->replies[REPLY_USERS],
    .profiles = self->replies[REPLY_PROFILES],
    .directory = self->replies[REPLY_DIRECTORY],
    .runs = runs,
    .expiry = expiry,
    .choices = G_LIST_MODEL (choices),
    .can_renew = mun_connection_has_function (connection, "SetCredentials"),
  };
  g_autoptr (GPtrArray) needs = mun_dashboard_find_needs (&facts);

  clear_rows (self);
  show_runs (self, runs);
  show_expiry (self, expiry);
  show_needs (self, needs);
}

static gboolean
knows_anything (MunDashboardPage *self)
{
  return self->stores_pending || self->replies[REPLY_STORES] != NULL
         || self->replies[REPLY_USERS] != NULL || self->replies[REPLY_PROFILES] != NULL;
}

/* A server may take its time for the size of its stores: that alone keeps nobody waiting. */
static void
arrived (MunDashboardPage *self)
{
  self->pending--;
  show_server (self);
  show_stores (self);
  show_count (self, self->users_row, REPLY_USERS);
  if (self->pending > (self->stores_pending ? 1 : 0))
    return;
  show_findings (self);
  mun_state_stack_set_state (self->states,
                             knows_anything (self) ? MUN_STATE_CONTENT : MUN_STATE_EMPTY);
}

static void
fail (MunDashboardPage *self, const GError *error)
{
  g_cancellable_cancel (mun_page_get_cancellable (MUN_PAGE (self)));
  mun_state_stack_set_error (self->states, error);
}

static void
called_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Request *request = data;
  MunDashboardPage *self = request->page;
  g_autoptr (GError) error = NULL;
  JsonNode *node = mun_connection_call_finish (MUN_CONNECTION (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  /* What the account may not read is left out; a server that is gone, or answers nonsense to the
   * simplest question, is the page's error. */
  if (error != NULL
      && (request->reply == REPLY_INFO
          || g_error_matches (error, MUN_ERROR, MUN_ERROR_UNREACHABLE))) {
    fail (self, error);
    return;
  }
  if (error != NULL)
    g_message ("%s: %s", functions[request->reply], error->message);
  g_clear_pointer (&self->replies[request->reply], json_node_unref);
  self->replies[request->reply] = node;
  self->stores_pending &= request->reply != REPLY_STORES;
  arrived (self);
}

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) local = mun_keyring_list_finish (result, &error);
  MunDashboardPage *self = data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (error != NULL)
    g_info ("keyring: %s", error->message);
  if (g_error_matches (error, MUN_ERROR, MUN_ERROR_KEYRING_LOCKED))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.keyring-locked", NULL);
  g_clear_pointer (&self->local, g_ptr_array_unref);
  self->local = g_steal_pointer (&local);
  arrived (self);
}

static JsonObject *
make_arguments (Reply reply)
{
  JsonObject *arguments = json_object_new ();

  if (reply == REPLY_STORES) {
    json_object_set_boolean_member (arguments, "includeSize", TRUE);
  } else if (reply == REPLY_PROFILES) {
    json_object_set_boolean_member (arguments, "raw", TRUE);
  } else if (reply == REPLY_RESULTS) {
    g_autoptr (GDateTime) now = g_date_time_new_now_local ();
    g_autoptr (GDateTime) from = g_date_time_add_days (now, -RUN_DAYS);
    g_autoptr (GDateTime) until = g_date_time_add_days (now, 1);
    g_autofree char *from_text = g_date_time_format (from, "%Y-%m-%dT%H:%M:%S");
    g_autofree char *until_text = g_date_time_format (until, "%Y-%m-%dT%H:%M:%S");

    json_object_set_string_member (arguments, "fromIncluding", from_text);
    json_object_set_string_member (arguments, "toExcluding", until_text);
    json_object_set_string_member (arguments, "timeZoneID", "$Local");
  }
  return arguments;
}

static void
mun_dashboard_page_load (MunPage *page)
{
  MunDashboardPage *self = MUN_DASHBOARD_PAGE (page);
  GCancellable *cancellable = mun_page_get_cancellable (page);

  mun_state_stack_set_state (self->states, MUN_STATE_LOADING);
  self->pending = 1;
  self->stores_pending = has (self, REPLY_STORES);
  for (Reply reply = 0; reply < N_REPLIES; reply++)
    self->pending += has (self, reply);
  mun_keyring_list_async (cancellable, listed_cb, self);
  for (Reply reply = 0; reply < N_REPLIES; reply++) {
    Request *request;

    if (!has (self, reply)) {
      g_clear_pointer (&self->replies[reply], json_node_unref);
      continue;
    }
    request = g_new (Request, 1);
    *request = (Request){ self, reply };
    mun_connection_call_async (mun_page_get_connection (page), functions[reply],
                               make_arguments (reply), cancellable, called_cb, request);
  }
}

/* What ran has changed the figures. */
static void
operation_finished_cb (MunOperations *operations, MunOperation *operation, MunDashboardPage *self)
{
  MunConnection *connection = mun_page_get_connection (MUN_PAGE (self));

  if (connection != NULL
      && g_strcmp0 (mun_operation_get_server_name (operation), mun_connection_get_name (connection))
             == 0)
    mun_page_refresh (MUN_PAGE (self));
}

static void
connection_cb (MunDashboardPage *self)
{
  MunConnection *connection = mun_page_get_connection (MUN_PAGE (self));

  if (connection != NULL && mun_connection_get_operations (connection) != NULL)
    g_signal_connect_object (mun_connection_get_operations (connection), "finished",
                             G_CALLBACK (operation_finished_cb), self, 0);
}

static void
narrow_cb (MunDashboardPage *self)
{
  gboolean narrow = mun_width_bin_is_narrow (self->width_bin);

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->columns),
                                  narrow ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL);
  gtk_box_set_homogeneous (self->columns, !narrow);
  adw_clamp_set_maximum_size (self->clamp, narrow ? 720 : 1080);
}

static void
mun_dashboard_page_dispose (GObject *object)
{
  MunDashboardPage *self = MUN_DASHBOARD_PAGE (object);

  for (Reply reply = 0; reply < N_REPLIES; reply++)
    g_clear_pointer (&self->replies[reply], json_node_unref);
  g_clear_pointer (&self->local, g_ptr_array_unref);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  G_OBJECT_CLASS (mun_dashboard_page_parent_class)->dispose (object);
}

static void
mun_dashboard_page_class_init (MunDashboardPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mun_dashboard_page_dispose;
  MUN_PAGE_CLASS (klass)->load = mun_dashboard_page_load;

  g_type_ensure (MUN_TYPE_STATE_STACK);
  g_type_ensure (MUN_TYPE_WIDTH_BIN);
  g_type_ensure (MUN_TYPE_FIGURE_ROW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/muniment/Console/pages/mun-dashboard-page.ui");
  gtk_widget_class_bind_template_child (widget_class, MunDashboardPage, states);
  gtk_widget_class_bind_template_child (widget_class, MunDashboardPage, width_bin);
  gtk_widget_class_bind_template_child (widget_class, MunDashboardPage, clamp);
  gtk_widget_class_bind_template_child (widget_class, MunDashboardPage, columns);
  gtk_widget_class_bind_template_child (widget_class, MunDashboardPage, needs_group);
  gtk_widget_class_bind_template_child (widget_class, MunDashboardPage, runs_group);
  gtk_widget_class_bind_template_child (widget_class, MunDashboardPage, expiry_group);
  gtk_widget_class_bind_template_child (widget_class, MunDashboardPage, server_row);
  gtk_widget_class_bind_template_child (widget_class, MunDashboardPage, version_row);
  gtk_widget_class_bind_template_child (widget_class, MunDashboardPage, stores_row);
  gtk_widget_class_bind_template_child (widget_class, MunDashboardPage, users_row);
  gtk_widget_class_bind_template_child (widget_class, MunDashboardPage, messages_row);
  gtk_widget_class_bind_template_child (widget_class, MunDashboardPage, size_row);
  gtk_widget_class_bind_template_callback (widget_class, narrow_cb);
}

static void
mun_dashboard_page_init (MunDashboardPage *self)
{
  self->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self, "notify::connection", G_CALLBACK (connection_cb), NULL);
}

/* entra-words.c: what an AADSTS number means to an administrator */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "mun-microsoft"

#include "entra.h"

#include <glib/gi18n-lib.h>

typedef enum {
  NOT_UPLOADED,
  OUTSIDE_VALIDITY,
  NOT_ACCEPTED,
  CLOCK,
  OUR_FAULT,
  WRONG_APPLICATION,
  DISABLED,
  NO_TENANT,
  ONE_TENANT,
  WRONG_CLOUD,
  SECRET,
  PUBLIC_CLIENT,
  NO_SERVICE,
  NOT_SUBSCRIBED,
  NO_CONSENT,
  POLICY,
  NOT_ASSIGNED,
  REDIRECT_URI,
  ID_TOKENS,
  RESPONSE_TYPE,
  SINGLE_TENANT,
  USER_UNKNOWN,
  ACCOUNT,
  SECOND_FACTOR,
  NOBODY,
  AGAIN,
  LOOP,
  LATER,
  PENDING,
} Meaning;

static const char *const sentences[] = {
  [NOT_UPLOADED]
  = N_ ("The tenant does not know this certificate. Download the certificate here, upload it to "
        "the application in the portal (Certificates & secrets) and compare the thumbprint."),
  [OUTSIDE_VALIDITY] = N_ ("The certificate is outside its validity period. Create a new "
                           "certificate and upload it to the application."),
  [NOT_ACCEPTED] = N_ (
      "The tenant did not accept the certificate. Check that exactly this certificate is uploaded "
      "to the application, that it is valid, and that the clock of this computer is right."),
  [CLOCK] = N_ ("The time of this computer differs too much from the tenant’s. Set the clock."),
  [OUR_FAULT] = N_ ("The tenant found the sign-in request malformed. This is a fault in Muniment; "
                    "report it with the trace ID."),
  [WRONG_APPLICATION] = N_ ("The tenant does not know this application. Check the application "
                            "(client) ID and the directory (tenant) ID."),
  [DISABLED] = N_ ("The application is disabled in the tenant. Enable it in the portal (Enterprise "
                   "applications)."),
  [NO_TENANT] = N_ ("There is no tenant with this directory (tenant) ID or domain. Check it, and "
                    "the chosen cloud."),
  [ONE_TENANT]
  = N_ ("The directory (tenant) ID must name one tenant: its ID or one of its domains."),
  [WRONG_CLOUD]
  = N_ ("This tenant belongs to another national cloud. Choose that cloud in the credentials."),
  [SECRET] = N_ ("The client secret of the application is wrong or has expired."),
  [PUBLIC_CLIENT] = N_ ("The application is registered as a public client, which cannot use a "
                        "certificate. Change its registration in the portal (Authentication)."),
  [NO_SERVICE] = N_ ("The tenant does not have the service that was asked for. Check the chosen "
                     "cloud and that the tenant has Exchange Online."),
  [NOT_SUBSCRIBED] = N_ ("The application asks for a service that the tenant does not have. Check "
                         "its API permissions in the portal."),
  [NO_CONSENT] = N_ ("An administrator has not consented to the permissions of the application. "
                     "Grant admin consent in the portal (API permissions)."),
  [POLICY]
  = N_ ("A Conditional Access policy or the security defaults of the tenant block this sign-in."),
  [NOT_ASSIGNED] = N_ ("The user is not assigned to the application. Assign the user or a group in "
                       "the portal (Enterprise applications)."),
  [REDIRECT_URI] = N_ (
      "The redirect URI is not registered. Enter exactly this URI in the portal (Authentication)."),
  [ID_TOKENS] = N_ ("ID tokens are not enabled for the application. Tick “ID tokens” in the portal "
                    "(Authentication)."),
  [RESPONSE_TYPE] = N_ ("The application is not registered for this kind of sign-in. Check its "
                        "registration in the portal (Authentication)."),
  [SINGLE_TENANT] = N_ ("The application belongs to one tenant only. Enter the ID of that tenant."),
  [USER_UNKNOWN] = N_ ("The user does not exist in this tenant."),
  [ACCOUNT] = N_ ("The user’s account cannot sign in: it is disabled or locked, or its password is "
                  "wrong or has expired."),
  [SECOND_FACTOR] = N_ ("The user must sign in with multi-factor authentication."),
  [NOBODY] = N_ ("Nobody is signed in. Start the sign-in again."),
  [AGAIN] = N_ ("The sign-in was not completed in time. Start it again."),
  [LOOP] = N_ ("The application asked too often. Wait a few minutes before the next sign-in."),
  [LATER] = N_ ("Microsoft’s sign-in service is busy. Try again in a few minutes."),
  [PENDING] = N_ ("The sign-in is waiting for its confirmation in the browser."),
};

/* Source of the numbers: learn.microsoft.com "Microsoft Entra authentication and authorization
 * error codes". */
static const struct {
  int code;
  Meaning meaning;
} codes[] = {
  { 700027, NOT_UPLOADED },
  { 1000502, OUTSIDE_VALIDITY },
  { 50012, NOT_ACCEPTED },
  { 50013, NOT_ACCEPTED },
  { 700024, CLOCK },
  { 500133, CLOCK },
  { 50027, OUR_FAULT },
  { 50048, OUR_FAULT },
  { 70011, OUR_FAULT },
  { 28003, OUR_FAULT },
  { 700022, OUR_FAULT },
  { 700023, OUR_FAULT },
  { 900144, OUR_FAULT },
  { 7000218, OUR_FAULT },
  { 700016, WRONG_APPLICATION },
  { 700011, WRONG_APPLICATION },
  { 70001, WRONG_APPLICATION },
  { 7000112, DISABLED },
  { 90002, NO_TENANT },
  { 900023, ONE_TENANT },
  { 9001023, ONE_TENANT },
  { 90038, WRONG_CLOUD },
  { 900382, WRONG_CLOUD },
  { 900432, WRONG_CLOUD },
  { 7000215, SECRET },
  { 7000222, SECRET },
  { 700025, PUBLIC_CLIENT },
  { 500011, NO_SERVICE },
  { 650052, NOT_SUBSCRIBED },
  { 650057, NOT_SUBSCRIBED },
  { 65005, NOT_SUBSCRIBED },
  { 65001, NO_CONSENT },
  { 90094, NO_CONSENT },
  { 53003, POLICY },
  { 530032, POLICY },
  { 530035, POLICY },
  { 50105, NOT_ASSIGNED },
  { 50011, REDIRECT_URI },
  { 700054, ID_TOKENS },
  { 70005, RESPONSE_TYPE },
  { 70007, RESPONSE_TYPE },
  { 50194, SINGLE_TENANT },
  { 50034, USER_UNKNOWN },
  { 50020, USER_UNKNOWN },
  { 51004, USER_UNKNOWN },
  { 50057, ACCOUNT },
  { 50053, ACCOUNT },
  { 50055, ACCOUNT },
  { 50126, ACCOUNT },
  { 50076, SECOND_FACTOR },
  { 50079, SECOND_FACTOR },
  { 50058, NOBODY },
  { 54005, AGAIN },
  { 501481, AGAIN },
  { 50147, AGAIN },
  { 50196, LOOP },
  { 90055, LATER },
  { 50087, LATER },
  { 90024, LATER },
  { 90033, LATER },
  { 70016, PENDING },
};

const char *
mun_entra_explain (int code)
{
  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    if (codes[i].code == code)
      return _ (sentences[codes[i].meaning]);
  return _ ("The tenant refused the sign-in. Look up the error number in Microsoft’s "
            "documentation, or give the trace ID to Microsoft’s support.");
}

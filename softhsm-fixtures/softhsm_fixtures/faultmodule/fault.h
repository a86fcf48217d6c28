/* The parts of the fault module: the plan (plan.c), its effects (effects.c), the calls (fault.c). */

#ifndef FAULT_H
#define FAULT_H 1

#include <stddef.h>

#include "pkcs11.h"

#define MAX_PLAN 65536
#define MAX_PATH_LENGTH 4096
#define MAX_RULES 64
#define MAX_COUNTERS 1024
#define MAX_SESSIONS 256
#define MAX_SLOTS 128

enum kind {
    KIND_CALL,      /* answer `code` instead of calling, and wait `delay` milliseconds first */
    KIND_SIGNATURE, /* spoil the signature */
    KIND_GROW,      /* one slot fewer when C_GetSlotList is asked for the count only */
    KIND_FLAGS,     /* `set` and `clear` flags of C_GetTokenInfo */
    KIND_TEXT,      /* show `to` in the `function` (label, serial, ...) field of C_GetTokenInfo */
    KIND_ABSENT,    /* the token is out; with `number` its slot is gone too */
    KIND_MISSING,   /* the token has no such attribute */
    KIND_LENGTH,    /* the attribute is `number` bytes long */
    KIND_VALUE,     /* the attribute is `to` where it is `from` */
    KIND_ENDLESS,   /* a search finds its last object up to `number` times */
    KIND_PINPAD,    /* log in with `to` where no PIN is given */
    KIND_TRIES      /* lock the PIN after `number` wrong ones */
};

struct bytes {
    unsigned char data[64];
    size_t length;
};

struct rule {
    enum kind kind;
    unsigned long id; /* keeps the counter of this rule when the plan is written anew */
    unsigned long code, after, times, delay, set, clear, attribute, number;
    char function[40];
    struct bytes token; /* label or serial; empty: any */
    struct bytes from, to;
};

struct plan {
    char module[MAX_PATH_LENGTH];
    char log[MAX_PATH_LENGTH];
    char state[MAX_PATH_LENGTH];
    struct rule rules[MAX_RULES];
    size_t count;
};

/* plan.c */
extern struct plan plan;

/* Read the plan again; sets `changed` when it differs. False when there is no usable plan. */
int plan_read(int *changed);

/* Count this call for the rule and tell whether the rule applies to it. */
int rule_fires(const struct rule *rule);

/* Append the function and its answer to the log. */
void plan_log(const char *function, CK_RV answer);

/* effects.c */
extern CK_FUNCTION_LIST *real;

/* Whether the token in this slot is the rule's. */
int rule_matches(const struct rule *rule, CK_SLOT_ID slot);

/* Find the rule of this kind for the token in the slot, or NULL. */
const struct rule *rule_for(enum kind kind, CK_SLOT_ID slot);

void sessions_add(CK_SESSION_HANDLE session, CK_SLOT_ID slot);
void sessions_forget_all(void);

/* Give the answer for a session whose token was taken out, or CKR_OK. */
CK_RV session_answer(CK_SESSION_HANDLE session);

/* Find the slot of a session; false when it is unknown. */
int session_slot(CK_SESSION_HANDLE session, CK_SLOT_ID *slot);

/* Close the sessions of the tokens that the plan has taken out. */
void sessions_of_absent_tokens(void);

void token_info_effects(CK_SLOT_ID slot, CK_TOKEN_INFO *info);
CK_RV attribute_effects(CK_ATTRIBUTE *attributes, CK_ULONG count, const CK_ULONG *room, CK_RV answer);
CK_RV login(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR *pin, CK_ULONG length);

#endif

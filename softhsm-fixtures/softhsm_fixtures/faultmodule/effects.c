/* What the rules of a plan do to tokens, sessions, attributes and logins. */

#include "fault.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SERIAL_LENGTH 16
#define MAX_STATE 2048

CK_FUNCTION_LIST *real;

static struct {
    CK_SESSION_HANDLE session;
    CK_SLOT_ID slot;
    CK_RV answer; /* not CKR_OK once the token was taken out */
} sessions[MAX_SESSIONS];
static size_t next_session;

static int same_text(const struct bytes *wanted, const unsigned char *field, size_t length)
{
    while (length > 0 && field[length - 1] == ' ')
        length--;
    return wanted->length == length && memcmp(wanted->data, field, length) == 0;
}

int rule_matches(const struct rule *rule, CK_SLOT_ID slot)
{
    CK_TOKEN_INFO info;

    if (rule->token.length == 0)
        return 1;
    return real->C_GetTokenInfo(slot, &info) == CKR_OK &&
           (same_text(&rule->token, info.label, sizeof info.label) ||
            same_text(&rule->token, info.serialNumber, sizeof info.serialNumber));
}

const struct rule *rule_for(enum kind kind, CK_SLOT_ID slot)
{
    for (size_t i = 0; i < plan.count; i++)
        if (plan.rules[i].kind == kind && rule_matches(&plan.rules[i], slot))
            return &plan.rules[i];
    return NULL;
}

void sessions_add(CK_SESSION_HANDLE session, CK_SLOT_ID slot)
{
    sessions[next_session].session = session;
    sessions[next_session].slot = slot;
    sessions[next_session].answer = CKR_OK;
    next_session = (next_session + 1) % MAX_SESSIONS;
}

void sessions_forget_all(void)
{
    memset(sessions, 0, sizeof sessions);
}

CK_RV session_answer(CK_SESSION_HANDLE session)
{
    for (size_t i = 0; i < MAX_SESSIONS; i++)
        if (sessions[i].session == session)
            return sessions[i].answer;
    return CKR_OK;
}

int session_slot(CK_SESSION_HANDLE session, CK_SLOT_ID *slot)
{
    for (size_t i = 0; i < MAX_SESSIONS; i++)
        if (session != 0 && sessions[i].session == session) {
            *slot = sessions[i].slot;
            return 1;
        }
    return 0;
}

void sessions_of_absent_tokens(void)
{
    for (size_t i = 0; i < MAX_SESSIONS; i++) {
        const struct rule *absent;

        if (sessions[i].session == 0 || sessions[i].answer != CKR_OK)
            continue;
        absent = rule_for(KIND_ABSENT, sessions[i].slot);
        if (absent == NULL)
            continue;
        sessions[i].answer = absent->code;
        /* A token that comes back is not logged in. */
        real->C_CloseSession(sessions[i].session);
    }
}

static void show_text(const struct rule *rule, CK_TOKEN_INFO *info)
{
    const struct {
        const char *name;
        unsigned char *field;
        size_t length;
    } fields[] = {
        {"label", info->label, sizeof info->label},
        {"manufacturer", info->manufacturerID, sizeof info->manufacturerID},
        {"model", info->model, sizeof info->model},
        {"serial", info->serialNumber, sizeof info->serialNumber},
    };

    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        size_t length = rule->to.length;

        if (strcmp(rule->function, fields[i].name) != 0)
            continue;
        if (length > fields[i].length)
            length = fields[i].length;
        memset(fields[i].field, ' ', fields[i].length);
        memcpy(fields[i].field, rule->to.data, length);
    }
}

/* The state file has one line a token: the hexadecimal serial and the wrong PINs so far. It is
 * a file, as a token keeps its count when the program ends. */
static unsigned long wrong_pins(const char *serial, int add, int reset)
{
    char old[MAX_STATE + 1], new[MAX_STATE + 128];
    size_t used = 0;
    unsigned long wrong = 0;
    int file = open(plan.state, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    ssize_t length;
    char *save = NULL;

    if (file < 0)
        return 0;
    length = read(file, old, MAX_STATE);
    old[length > 0 ? length : 0] = '\0';
    for (char *line = strtok_r(old, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        if (strncmp(line, serial, 2 * SERIAL_LENGTH) == 0)
            sscanf(line + 2 * SERIAL_LENGTH, "%lu", &wrong);
        else
            used += (size_t)snprintf(new + used, sizeof new - used, "%s\n", line);
    }
    wrong = reset ? 0 : wrong + (unsigned long)add;
    if (add || reset) {
        used += (size_t)snprintf(new + used, sizeof new - used, "%s %lu\n", serial, wrong);
        if (pwrite(file, new, used, 0) != (ssize_t)used || ftruncate(file, (off_t)used) != 0)
            fprintf(stderr, "fault module: the state cannot be written\n");
    }
    close(file);
    return wrong;
}

static int serial_of(CK_SLOT_ID slot, char *serial)
{
    CK_TOKEN_INFO info;

    if (real->C_GetTokenInfo(slot, &info) != CKR_OK)
        return 0;
    for (size_t i = 0; i < SERIAL_LENGTH; i++)
        snprintf(serial + 2 * i, 3, "%02x", info.serialNumber[i]);
    return 1;
}

void token_info_effects(CK_SLOT_ID slot, CK_TOKEN_INFO *info)
{
    const struct rule *tries = rule_for(KIND_TRIES, slot);
    char serial[2 * SERIAL_LENGTH + 1];

    if (rule_for(KIND_PINPAD, slot) != NULL)
        info->flags |= CKF_PROTECTED_AUTHENTICATION_PATH;
    if (tries != NULL && serial_of(slot, serial)) {
        unsigned long wrong = wrong_pins(serial, 0, 0);

        if (wrong > 0)
            info->flags |= CKF_USER_PIN_COUNT_LOW;
        if (wrong >= tries->number)
            info->flags |= CKF_USER_PIN_LOCKED;
        if (wrong + 1 == tries->number)
            info->flags |= CKF_USER_PIN_FINAL_TRY;
    }
    for (size_t i = 0; i < plan.count; i++) {
        const struct rule *rule = &plan.rules[i];

        if (!rule_matches(rule, slot))
            continue;
        if (rule->kind == KIND_TEXT)
            show_text(rule, info);
        else if (rule->kind == KIND_FLAGS)
            info->flags = (info->flags | rule->set) & ~rule->clear;
    }
}

static CK_RV attribute_effect(const struct rule *rule, CK_ATTRIBUTE *attribute, CK_ULONG room)
{
    if (rule->kind == KIND_MISSING) {
        attribute->ulValueLen = CK_UNAVAILABLE_INFORMATION;
        return CKR_ATTRIBUTE_TYPE_INVALID;
    }
    if (attribute->ulValueLen == CK_UNAVAILABLE_INFORMATION)
        return CKR_OK;
    if (rule->kind == KIND_LENGTH && attribute->pValue == NULL)
        attribute->ulValueLen = rule->number;
    else if (rule->kind == KIND_LENGTH && room >= rule->number) {
        if (rule->number > attribute->ulValueLen)
            memset((char *)attribute->pValue + attribute->ulValueLen, 0,
                   rule->number - attribute->ulValueLen);
        attribute->ulValueLen = rule->number;
    } else if (rule->kind == KIND_VALUE && attribute->pValue != NULL &&
               attribute->ulValueLen == rule->from.length &&
               memcmp(attribute->pValue, rule->from.data, rule->from.length) == 0)
        memcpy(attribute->pValue, rule->to.data, rule->from.length);
    return CKR_OK;
}

CK_RV attribute_effects(CK_ATTRIBUTE *attributes, CK_ULONG count, const CK_ULONG *room, CK_RV answer)
{
    for (CK_ULONG i = 0; i < count; i++)
        for (size_t j = 0; j < plan.count; j++) {
            const struct rule *rule = &plan.rules[j];
            CK_RV effect;

            if (rule->kind != KIND_MISSING && rule->kind != KIND_LENGTH && rule->kind != KIND_VALUE)
                continue;
            if (rule->attribute != attributes[i].type)
                continue;
            effect = attribute_effect(rule, &attributes[i], room[i]);
            if (answer == CKR_OK)
                answer = effect;
        }
    return answer;
}

CK_RV login(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR *pin, CK_ULONG length)
{
    const struct rule *pad = NULL, *tries = NULL;
    char serial[2 * SERIAL_LENGTH + 1];
    CK_SLOT_ID slot;
    CK_RV answer;

    if (session_slot(session, &slot) && user != CKU_SO) {
        pad = rule_for(KIND_PINPAD, slot);
        tries = rule_for(KIND_TRIES, slot);
    }
    if (tries != NULL && !serial_of(slot, serial))
        tries = NULL;
    if (tries != NULL && wrong_pins(serial, 0, 0) >= tries->number)
        return CKR_PIN_LOCKED;
    if (pin == NULL && pad != NULL)
        answer = real->C_Login(session, user, (CK_UTF8CHAR *)pad->to.data, pad->to.length);
    else
        answer = real->C_Login(session, user, pin, length);
    if (tries != NULL && (answer == CKR_PIN_INCORRECT || answer == CKR_OK))
        wrong_pins(serial, answer == CKR_PIN_INCORRECT, answer == CKR_OK);
    return answer;
}

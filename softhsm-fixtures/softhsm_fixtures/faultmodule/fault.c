/* A PKCS#11 module that calls another one and fails to order.
 *
 * Every call reads the plan, may be answered by a rule instead of by the real module, and leaves
 * one line in the log. As C_Initialize(NULL) demands, it is used by one thread at a time. */

#include "fault.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define MAX_SIGNATURE 1024
#define MAX_ATTRIBUTES 256
#define EXPORTED __attribute__((visibility("default")))

static CK_FUNCTION_LIST function_list;
static CK_OBJECT_HANDLE last_object;
static unsigned long objects_found;
static int last_object_known;

static int load_real(void)
{
    CK_C_GetFunctionList get_list;
    void *library;

    if (real != NULL)
        return 1;
    library = dlopen(plan.module, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        fprintf(stderr, "fault module: %s\n", dlerror());
        return 0;
    }
    *(void **)&get_list = dlsym(library, "C_GetFunctionList");
    return get_list != NULL && get_list(&real) == CKR_OK;
}

static void wait_milliseconds(unsigned long milliseconds)
{
    struct timespec left = {(time_t)(milliseconds / 1000), (long)(milliseconds % 1000) * 1000000};

    while (nanosleep(&left, &left) != 0 && errno == EINTR)
        continue;
}

/* Give the answer that the plan has for this call, or CKR_OK to let the real module answer. */
static CK_RV ordered(const char *function)
{
    CK_RV answer = CKR_OK;
    int changed;

    if (!plan_read(&changed))
        return CKR_GENERAL_ERROR;
    if (changed && real != NULL)
        sessions_of_absent_tokens();
    for (size_t i = 0; i < plan.count; i++) {
        const struct rule *rule = &plan.rules[i];

        if (rule->kind != KIND_CALL || strcmp(rule->function, function) != 0 || !rule_fires(rule))
            continue;
        wait_milliseconds(rule->delay);
        if (answer == CKR_OK)
            answer = rule->code;
    }
    return answer;
}

static CK_RV ordered_for_session(const char *function, CK_SESSION_HANDLE session)
{
    CK_RV answer = ordered(function);

    return answer != CKR_OK ? answer : session_answer(session);
}

static CK_RV ordered_for_slot(const char *function, CK_SLOT_ID slot)
{
    CK_RV answer = ordered(function);
    const struct rule *absent = answer == CKR_OK ? rule_for(KIND_ABSENT, slot) : NULL;

    if (absent != NULL)
        answer = absent->number ? CKR_SLOT_ID_INVALID : CKR_TOKEN_NOT_PRESENT;
    return answer;
}

static CK_RV logged(const char *function, CK_RV answer)
{
    plan_log(function, answer);
    return answer;
}

static int fires(enum kind kind)
{
    int any = 0;

    for (size_t i = 0; i < plan.count; i++)
        if (plan.rules[i].kind == kind && rule_fires(&plan.rules[i]))
            any = 1;
    return any;
}

/* The functions with effects of their own. */

static CK_RV fault_C_Initialize(void *arguments)
{
    CK_RV answer = ordered("C_Initialize");

    if (answer == CKR_OK)
        answer = real->C_Initialize(arguments);
    return logged("C_Initialize", answer);
}

static CK_RV fault_C_Finalize(void *reserved)
{
    CK_RV answer = ordered("C_Finalize");

    if (answer == CKR_OK) {
        answer = real->C_Finalize(reserved);
        sessions_forget_all();
    }
    return logged("C_Finalize", answer);
}

static CK_RV fault_C_GetInfo(CK_INFO *info)
{
    CK_RV answer = ordered("C_GetInfo");

    return logged("C_GetInfo", answer != CKR_OK ? answer : real->C_GetInfo(info));
}

static CK_RV list_slots(CK_BBOOL present, CK_SLOT_ID *list, CK_ULONG *count)
{
    CK_SLOT_ID slots[MAX_SLOTS];
    CK_ULONG found = MAX_SLOTS, shown = 0, room = *count;
    CK_RV answer;

    /* SoftHSM offers its free slot only to a caller that asks for the count first. */
    if (list == NULL && (answer = real->C_GetSlotList(present, NULL, count)) != CKR_OK)
        return answer;
    if ((answer = real->C_GetSlotList(present, slots, &found)) != CKR_OK)
        return answer;
    for (CK_ULONG i = 0; i < found; i++) {
        const struct rule *absent = rule_for(KIND_ABSENT, slots[i]);

        if (absent == NULL || (absent->number == 0 && !present))
            slots[shown++] = slots[i];
    }
    *count = shown;
    if (list == NULL) {
        if (shown > 0 && fires(KIND_GROW))
            *count = shown - 1;
        return CKR_OK;
    }
    if (room < shown)
        return CKR_BUFFER_TOO_SMALL;
    memcpy(list, slots, shown * sizeof *slots);
    return CKR_OK;
}

static CK_RV fault_C_GetSlotList(CK_BBOOL present, CK_SLOT_ID *list, CK_ULONG *count)
{
    CK_RV answer = ordered("C_GetSlotList");

    return logged("C_GetSlotList", answer != CKR_OK ? answer : list_slots(present, list, count));
}

static CK_RV fault_C_GetSlotInfo(CK_SLOT_ID slot, CK_SLOT_INFO *info)
{
    CK_RV answer = ordered_for_slot("C_GetSlotInfo", slot);
    int out = answer == CKR_TOKEN_NOT_PRESENT;

    if (answer == CKR_OK || out)
        answer = real->C_GetSlotInfo(slot, info);
    if (answer == CKR_OK && out)
        info->flags &= ~CKF_TOKEN_PRESENT;
    return logged("C_GetSlotInfo", answer);
}

static CK_RV fault_C_GetTokenInfo(CK_SLOT_ID slot, CK_TOKEN_INFO *info)
{
    CK_RV answer = ordered_for_slot("C_GetTokenInfo", slot);

    if (answer == CKR_OK)
        answer = real->C_GetTokenInfo(slot, info);
    if (answer == CKR_OK)
        token_info_effects(slot, info);
    return logged("C_GetTokenInfo", answer);
}

static CK_RV fault_C_WaitForSlotEvent(CK_FLAGS flags, CK_SLOT_ID *slot, void *reserved)
{
    CK_RV answer = ordered("C_WaitForSlotEvent");

    if (answer == CKR_OK)
        answer = real->C_WaitForSlotEvent(flags, slot, reserved);
    return logged("C_WaitForSlotEvent", answer);
}

static CK_RV fault_C_OpenSession(CK_SLOT_ID slot, CK_FLAGS flags, void *application, CK_NOTIFY notify,
                                 CK_SESSION_HANDLE *session)
{
    CK_RV answer = ordered_for_slot("C_OpenSession", slot);

    if (answer == CKR_OK)
        answer = real->C_OpenSession(slot, flags, application, notify, session);
    if (answer == CKR_OK)
        sessions_add(*session, slot);
    return logged("C_OpenSession", answer);
}

static CK_RV fault_C_Login(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR *pin,
                           CK_ULONG length)
{
    CK_RV answer = ordered_for_session("C_Login", session);

    return logged("C_Login", answer != CKR_OK ? answer : login(session, user, pin, length));
}

static CK_RV fault_C_GetAttributeValue(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
                                       CK_ATTRIBUTE *attributes, CK_ULONG count)
{
    CK_RV answer = ordered_for_session("C_GetAttributeValue", session);
    CK_ULONG room[MAX_ATTRIBUTES];

    if (answer == CKR_OK && count > MAX_ATTRIBUTES)
        answer = CKR_ARGUMENTS_BAD;
    if (answer == CKR_OK) {
        for (CK_ULONG i = 0; i < count; i++)
            room[i] = attributes[i].ulValueLen;
        answer = real->C_GetAttributeValue(session, object, attributes, count);
        answer = attribute_effects(attributes, count, room, answer);
    }
    return logged("C_GetAttributeValue", answer);
}

static CK_RV fault_C_FindObjectsInit(CK_SESSION_HANDLE session, CK_ATTRIBUTE *attributes,
                                     CK_ULONG count)
{
    CK_RV answer = ordered_for_session("C_FindObjectsInit", session);

    last_object_known = 0;
    objects_found = 0;
    if (answer == CKR_OK)
        answer = real->C_FindObjectsInit(session, attributes, count);
    return logged("C_FindObjectsInit", answer);
}

static CK_RV fault_C_FindObjects(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *objects, CK_ULONG room,
                                 CK_ULONG *count)
{
    CK_RV answer = ordered_for_session("C_FindObjects", session);

    if (answer == CKR_OK)
        answer = real->C_FindObjects(session, objects, room, count);
    if (answer != CKR_OK)
        return logged("C_FindObjects", answer);
    if (*count > 0) {
        last_object = objects[*count - 1];
        last_object_known = 1;
    }
    for (size_t i = 0; i < plan.count; i++)
        if (plan.rules[i].kind == KIND_ENDLESS && last_object_known)
            while (*count < room && objects_found + *count < plan.rules[i].number)
                objects[(*count)++] = last_object;
    objects_found += *count;
    return logged("C_FindObjects", answer);
}

/* A real operation goes on when its call is only said to have failed: let it end. */
static void drain_signature(CK_SESSION_HANDLE session)
{
    CK_BYTE data[1] = {0}, signature[MAX_SIGNATURE];
    CK_ULONG length = sizeof signature;

    if (real->C_Sign(session, data, sizeof data, signature, &length) != CKR_OK) {
        length = sizeof signature;
        real->C_SignFinal(session, signature, &length);
    }
}

static CK_RV after_signature(CK_RV answer, CK_BYTE *signature, const CK_ULONG *length)
{
    if (answer == CKR_OK && signature != NULL && *length > 0 && fires(KIND_SIGNATURE))
        signature[*length - 1] ^= 1;
    return answer;
}

static CK_RV fault_C_Sign(CK_SESSION_HANDLE session, CK_BYTE *data, CK_ULONG data_length,
                          CK_BYTE *signature, CK_ULONG *length)
{
    CK_RV answer = ordered_for_session("C_Sign", session);

    if (answer != CKR_OK)
        drain_signature(session);
    else
        answer = after_signature(real->C_Sign(session, data, data_length, signature, length),
                                 signature, length);
    return logged("C_Sign", answer);
}

static CK_RV fault_C_SignUpdate(CK_SESSION_HANDLE session, CK_BYTE *part, CK_ULONG length)
{
    CK_RV answer = ordered_for_session("C_SignUpdate", session);

    if (answer != CKR_OK)
        drain_signature(session);
    else
        answer = real->C_SignUpdate(session, part, length);
    return logged("C_SignUpdate", answer);
}

static CK_RV fault_C_SignFinal(CK_SESSION_HANDLE session, CK_BYTE *signature, CK_ULONG *length)
{
    CK_RV answer = ordered_for_session("C_SignFinal", session);

    if (answer != CKR_OK)
        drain_signature(session);
    else
        answer = after_signature(real->C_SignFinal(session, signature, length), signature, length);
    return logged("C_SignFinal", answer);
}

/* The functions that only fail, wait and are logged. */

#define FORWARD(kind, function, first, parameters, arguments)  \
    static CK_RV fault_##function parameters                   \
    {                                                          \
        CK_RV answer = ordered_for_##kind(#function, first);   \
        if (answer == CKR_OK)                                  \
            answer = real->function arguments;                 \
        return logged(#function, answer);                      \
    }

#include "forward.h"

#define ENTRY(function) .function = fault_##function,

static CK_FUNCTION_LIST function_list = {
    .version = {2, 40},
    .C_GetFunctionList = C_GetFunctionList,
    ALL_FUNCTIONS(ENTRY)
};

EXPORTED CK_RV C_GetFunctionList(CK_FUNCTION_LIST **list)
{
    int changed;

    if (list == NULL)
        return CKR_ARGUMENTS_BAD;
    if (!plan_read(&changed) || !load_real())
        return CKR_GENERAL_ERROR;
    *list = &function_list;
    return CKR_OK;
}

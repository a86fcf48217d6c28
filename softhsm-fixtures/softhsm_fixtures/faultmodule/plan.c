/* Reading the plan, counting for its rules, and the log.
 *
 * The plan is the file named by CTLKIT_FAULT_PLAN, or else the one beside this library with
 * `.plan` added to its name. It is read at every call, so that a running program sees a change.
 * A line is `module PATH`, `log PATH`, `state PATH`, or a kind of rule and its KEY=VALUE pairs:
 * numbers as C writes them, bytes as hexadecimal digits. All sizes are bounded; a line that is
 * not understood makes every call fail. No argument of a call is ever written anywhere.
 */

#include "fault.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct plan plan;

static char last_text[MAX_PLAN + 1];
static int last_usable;
static struct {
    unsigned long id, seen;
} counters[MAX_COUNTERS];
static size_t counter_count;

static const char *const KIND_NAMES[] = {"call",   "signature", "grow",  "flags",   "text",   "absent",
                                         "missing", "length",    "value", "endless", "pinpad", "tries"};

static int plan_path(char *path)
{
    const char *named = getenv("CTLKIT_FAULT_PLAN");
    Dl_info info;
    int length;

    if (named != NULL && named[0] != '\0')
        length = snprintf(path, MAX_PATH_LENGTH, "%s", named);
    else if (dladdr((void *)&plan, &info) != 0 && info.dli_fname != NULL)
        length = snprintf(path, MAX_PATH_LENGTH, "%s.plan", info.dli_fname);
    else
        return 0;
    return length > 0 && length < MAX_PATH_LENGTH;
}

static int read_file(char *text)
{
    char path[MAX_PATH_LENGTH];
    size_t length = 0;
    ssize_t got;
    int file;

    if (!plan_path(path) || (file = open(path, O_RDONLY | O_CLOEXEC)) < 0)
        return 0;
    while (length < MAX_PLAN && (got = read(file, text + length, MAX_PLAN - length)) > 0)
        length += (size_t)got;
    close(file);
    text[length] = '\0';
    return 1;
}

static int digit(char character)
{
    if (character >= '0' && character <= '9')
        return character - '0';
    if (character >= 'a' && character <= 'f')
        return character - 'a' + 10;
    return -1;
}

static int read_bytes(const char *text, struct bytes *bytes)
{
    size_t length = strlen(text);

    if (length % 2 != 0 || length / 2 > sizeof bytes->data)
        return 0;
    for (bytes->length = 0; bytes->length < length / 2; bytes->length++) {
        int high = digit(text[2 * bytes->length]), low = digit(text[2 * bytes->length + 1]);
        if (high < 0 || low < 0)
            return 0;
        bytes->data[bytes->length] = (unsigned char)(high * 16 + low);
    }
    return 1;
}

static int read_number(const char *text, unsigned long *number)
{
    char *end;

    *number = strtoul(text, &end, 0);
    return text[0] != '\0' && *end == '\0';
}

static int read_pair(char *pair, struct rule *rule)
{
    static const struct {
        const char *key;
        size_t offset;
    } NUMBERS[] = {
        {"id", offsetof(struct rule, id)},         {"code", offsetof(struct rule, code)},
        {"after", offsetof(struct rule, after)},   {"times", offsetof(struct rule, times)},
        {"delay", offsetof(struct rule, delay)},   {"set", offsetof(struct rule, set)},
        {"clear", offsetof(struct rule, clear)},   {"attribute", offsetof(struct rule, attribute)},
        {"number", offsetof(struct rule, number)},
    };
    char *value = strchr(pair, '=');

    if (value == NULL)
        return 0;
    *value++ = '\0';
    for (size_t i = 0; i < sizeof NUMBERS / sizeof *NUMBERS; i++)
        if (strcmp(pair, NUMBERS[i].key) == 0)
            return read_number(value, (unsigned long *)(void *)((char *)rule + NUMBERS[i].offset));
    if (strcmp(pair, "token") == 0)
        return read_bytes(value, &rule->token);
    if (strcmp(pair, "from") == 0)
        return read_bytes(value, &rule->from);
    if (strcmp(pair, "to") == 0)
        return read_bytes(value, &rule->to);
    if (strcmp(pair, "function") == 0 && strlen(value) < sizeof rule->function) {
        strcpy(rule->function, value);
        return 1;
    }
    return 0;
}

static int read_rule(char *line)
{
    struct rule *rule;
    char *save, *word = strtok_r(line, " ", &save);

    if (word == NULL || plan.count == MAX_RULES)
        return 0;
    rule = &plan.rules[plan.count];
    memset(rule, 0, sizeof *rule);
    for (size_t kind = 0; kind < sizeof KIND_NAMES / sizeof *KIND_NAMES; kind++) {
        if (strcmp(word, KIND_NAMES[kind]) != 0)
            continue;
        rule->kind = (enum kind)kind;
        while ((word = strtok_r(NULL, " ", &save)) != NULL)
            if (!read_pair(word, rule))
                return 0;
        plan.count++;
        return 1;
    }
    return 0;
}

static int read_path(const char *line, const char *word, char *path)
{
    size_t length = strlen(word);

    if (strncmp(line, word, length) != 0 || strlen(line + length) >= MAX_PATH_LENGTH)
        return 0;
    strcpy(path, line + length);
    return 1;
}

static int read_lines(char *text)
{
    char *save;
    int number = 0;

    memset(&plan, 0, sizeof plan);
    for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        number++;
        if (read_path(line, "module ", plan.module) || read_path(line, "log ", plan.log) ||
            read_path(line, "state ", plan.state) || read_rule(line))
            continue;
        fprintf(stderr, "fault module: line %d of the plan is not understood\n", number);
        return 0;
    }
    return plan.module[0] != '\0';
}

int plan_read(int *changed)
{
    static char text[MAX_PLAN + 1], work[MAX_PLAN + 1];

    *changed = 0;
    /* A plan that is gone, as when a test's folder is removed before the process ends, stays. */
    if (!read_file(text) || strcmp(text, last_text) == 0)
        return last_usable;
    strcpy(last_text, text);
    strcpy(work, text);
    *changed = 1;
    /* A text that fills the buffer may have been cut. */
    last_usable = strlen(text) < MAX_PLAN && read_lines(work);
    return last_usable;
}

int rule_fires(const struct rule *rule)
{
    unsigned long seen = 0;
    size_t i = 0;

    while (i < counter_count && counters[i].id != rule->id)
        i++;
    if (i < MAX_COUNTERS) {
        if (i == counter_count)
            counters[counter_count++].id = rule->id;
        seen = ++counters[i].seen;
    }
    return seen > rule->after && (rule->times == 0 || seen - rule->after <= rule->times);
}

void plan_log(const char *function, CK_RV answer)
{
    char line[80];
    int length, file;

    if (plan.log[0] == '\0')
        return;
    file = open(plan.log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0)
        return;
    length = snprintf(line, sizeof line, "%s 0x%08lx\n", function, answer);
    /* One write, so that lines of several processes do not mix; there is nobody to tell of less. */
    if (write(file, line, (size_t)length) != length)
        fprintf(stderr, "fault module: the log cannot be written\n");
    close(file);
}

#define _GNU_SOURCE
#include "runtime/cover.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/banned.h"

bool folder_cover(const char *folder, const char *place)
{
    return unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount(folder, place, NULL, MS_BIND, NULL) == 0;
}

bool folder_can_cover(const char *folder, const char *place)
{
    int status = 1;
    pid_t child = fork();
    if (child == 0) _exit(folder_cover(folder, place) ? 0 : 1);
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

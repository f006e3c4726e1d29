#include "session/session_state.h"

#include "base/banned.h"

bool session_graph(Session *session, const Options *options, bool everything, Graph *graph, Fail *fail)
{
    *graph = (Graph){0};
    if (!session_analyse(session, options, fail)) return false;
    *graph = graph_of(&session->arena, &session->program, everything, session->options.strict);
    return true;
}

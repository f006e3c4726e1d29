/* model_print.h - predictions as a table or as JSON. */
#ifndef LOOPSAFE_CLI_MODEL_PRINT_H
#define LOOPSAFE_CLI_MODEL_PRINT_H

#include "base/buf.h"
#include "model/accuracy.h"

/* What a model foretells of one endpoint. */
typedef struct Foretold {
    const ModelEndpoint *endpoint;
    Model model;       /* with the server that was asked for */
    Accuracy accuracy; /* when the endpoint has points */
    bool refused;      /* the model misses what was measured: nothing is foretold */
    const ModelPoint *loads;
    const Outlook *outlooks; /* one a load */
    size_t load_count;
} Foretold;

void model_add_table(Buf *text, const Foretold *foretold, size_t count);
void model_add_json(Buf *text, const Foretold *foretold, size_t count);

#endif

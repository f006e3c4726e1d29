/* flow.h - following one function's statements and expressions: what each source file of the walk does for the others.
 *
 * Shape   every call takes the Flow, the place where the walk stands (walk.h). Walking the same expression twice (loops
 *         are walked twice) reports it once.
 * Owner   values and what is recorded: the program's arena. */
#ifndef LOOPSAFE_PROGRAM_FLOW_H
#define LOOPSAFE_PROGRAM_FLOW_H

#include "program/walk.h"

/* --- statements.c --- */
/* Walks a block; true when its end is not reached (return, raise, continue, break). */
bool flow_block(Flow *flow, NodeId first);

/* --- expressions.c --- */
const Value *flow_expression(Flow *flow, NodeId id);
void flow_list(Flow *flow, NodeId first);
const Value *flow_lookup(Flow *flow, Name name);

/* --- targets.c --- */
/* Binds a target (name, attribute, tuple …) to a value. */
void flow_assign(Flow *flow, NodeId target, const Value *value);
/* What the at-th target gets when the value is unpacked; ID_NONE: the starred one. */
const Value *flow_part(Flow *flow, const Value *value, uint32_t at);
/* Under which a function's assignments to an attribute of a class's objects are kept when it is no method of it. */
Name outside_key(Names *names, Arena *arena, const ClassInfo *info, Name attribute);
/* Under which a function's assignments to a global are kept. */
Name global_key(Names *names, Arena *arena, Name name);
/* What this function assigned to exactly this chain of attributes. */
const FrameSlot *flow_dotted_slot(Flow *flow, NodeId id);

/* --- calls.c --- */
const Value *flow_call(Flow *flow, NodeId call, bool awaited);
/* Calls a value with nothing known about the arguments: decorators' targets, callbacks run in place. */
const Value *flow_invoke(Flow *flow, NodeId call, const Value *callee);
/* What calling the value gives, without recording anything. */
const Value *flow_result_of(Flow *flow, const Value *callee, NodeId call);
/* An object of the class, made by a call with these values; nothing is recorded. */
const Value *flow_make_object(Flow *flow, const Item *class, const Value *const *values, uint32_t count);
/* Calls the method of an object that the language calls at `node`: __enter__, __iter__ …; NULL: it has none. */
const Value *flow_special(Flow *flow, NodeId node, const Item *object, Str method, bool awaited);

/* --- steps.c --- */
/* A step at the node, nothing but its place filled in. */
Step flow_place(const Flow *flow, NodeId node);
/* Records that a rule's call is made. */
void flow_record(Flow *flow, NodeId node, const Rule *rule, const Item *receiver, Confidence confidence);
/* Records that a function is called at the node. */
void flow_step(Flow *flow, NodeId node, Invocation *invocation, Confidence confidence, bool awaited);
/* Records the running of what the value promises: a generator that is iterated, a coroutine that is awaited. */
void flow_run(Flow *flow, NodeId node, const Value *value, bool awaited);
void flow_count_call(Flow *flow, bool known);

/* --- iteration.c --- */
/* Iterating, entering (`with`) a value; gives what is bound. */
const Value *flow_iterate(Flow *flow, NodeId node, const Value *value);
const Value *flow_iterate_async(Flow *flow, NodeId node, const Value *value);
/* Iterating the value walks a whole directory tree. */
bool flow_walks_files(const Flow *flow, const Value *value);
const Value *flow_enter(Flow *flow, NodeId node, const Value *value, bool is_async);
/* What a container holds, without saying that anything iterates it. */
const Value *flow_held(Flow *flow, const Value *value);

/* --- attributes.c --- */
const Value *flow_attribute(Flow *flow, NodeId node, const Value *object, Name attribute);

/* --- settle.c --- */
/* The value with its promises kept: what calls give, what names of other modules stand for. */
const Value *flow_settled(Flow *flow, const Value *value);
/* The value with its names found, and calls left as they are: a coroutine stays one that nobody awaited. */
const Value *flow_resolved(Flow *flow, const Value *value);
/* What a module's name stands for, as another module would get it. */
const Value *unit_member(Unit *unit, Name name, unsigned depth);

/* --- decorators.c --- */
void flow_take_language_decorators(Flow *flow, uint32_t function);
/* The decorators leave the name what it was; never asks another module. */
bool flow_is_plain(Flow *flow, NodeId definition);
/* The decorators show the function to nobody but who reads its name. */
bool flow_is_for_caller(Flow *flow, NodeId definition);
/* The value a decorated definition's name is bound to. */
const Value *flow_decorated(Flow *flow, NodeId definition, const Value *plain);
/* Frameworks' decorators: where the function runs. */
void flow_place_decorated(Flow *flow, uint32_t function);

/* --- definitions.c --- */
const Value *flow_define_class(Flow *flow, NodeId node);
const Value *flow_define_function(Flow *flow, NodeId node);
/* A nested coroutine is walked for itself once its name is read. */
void flow_use_function(Flow *flow, const Item *function);
/* Methods that a framework calls because of the class's bases. */
void flow_place_methods(Flow *flow, uint32_t class_id);

/* --- classes.c --- */
const Value *flow_member(Flow *flow, const Item *object, Name name);
/* A member of what comes after the class in the object's order: super().name. */
const Value *flow_super_member(Flow *flow, uint32_t class_id, const Value *object, Name name);

/* --- functions.c --- */
/* Walks a nested function or lambda in place, with the arguments of a call (0: unknown). */
const Value *flow_enter_function(Flow *flow, const Item *function, NodeId call);
/* A new scope for the function with its parameters as declared. */
Frame *flow_function_frame(Flow *flow, uint32_t function, Frame *closure, const Value *bound);
/* Walks the body in the flow's unit; flow->result is what it returns or yields. */
void flow_walk_in_frame(Flow *flow, uint32_t function, Frame *frame);

/* --- imports.c --- */
void flow_import(Flow *flow, NodeId statement);
/* What the module's `__getattr__` imports under the name; NULL: nothing. */
const Value *unit_lazy_export(Unit *unit, Name name);

/* --- handover.c --- */
/* Where a function runs that is handed to the call or decorator `path`. */
void flow_hand_over(Flow *flow, const Value *function, Placement def_runs, Placement coroutine_runs,
                    NodeId call);

/* The function of an ITEM_FUNCTION or ITEM_RESULT. */
FunctionInfo *item_function(const Flow *flow, const Item *item);

/* --- builtins.c --- */
/* Calls that belong to the language: super(), zip(), list(), getattr() …; false: not one of them. */
bool flow_builtin(Flow *flow, const Item *callee, NodeId call, const Value **result);

#include "program/observe.h"
#include "program/types.h"

#endif

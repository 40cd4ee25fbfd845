import sys, time, traceback, gc, structlog, logging
from tests.simulation.world import simulate
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
a,b=int(sys.argv[1]),int(sys.argv[2])
gc.collect(); gc.freeze(); gc.disable()
t=time.process_time(); bad={}
for seed in range(a,b):
    try: simulate(seed)
    except BaseException as e:
        if isinstance(e, KeyboardInterrupt): raise
        bad[seed]=e
        print(seed, type(e).__name__, str(e)[:300])
        if len(bad)==1: traceback.print_exception(e)
    if seed%20==0: gc.collect()
print(f"{(time.process_time()-t)/(b-a)*1000:.1f} ms/seed, {len(bad)} bad")

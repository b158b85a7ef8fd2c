.PHONY: help run test reset bench messages lock
help run test reset bench messages lock:
	@./dev $@

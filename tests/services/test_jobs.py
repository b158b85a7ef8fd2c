from marketplace.services.jobs import enqueue_job


def test_asking_twice_is_asking_once(session):
    first = enqueue_job(session, "matching.run")

    second = enqueue_job(session, "matching.run")

    assert second is first

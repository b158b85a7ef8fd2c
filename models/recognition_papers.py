"""The paper of a recognition or confirmation, frozen when it was decided."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import relationship

from models.chains import Recognition
from models.database import Base, Digest, Mapped, Words, mapped_column


class RecognitionPaper(Base):
    """What an officer gave in so many words; never changed.

    Whether it was withdrawn since is told by the recognition itself.
    """

    __tablename__ = "recognition_papers"

    recognition_id: Mapped[int] = mapped_column(
        ForeignKey("recognitions.id"), primary_key=True, autoincrement=False
    )
    content: Mapped[Words]
    digest: Mapped[Digest] = mapped_column(unique=True)
    at: Mapped[datetime]

    recognition: Mapped[Recognition] = relationship()

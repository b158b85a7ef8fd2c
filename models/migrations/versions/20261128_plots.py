"""Plots of growing areas: outlines, imports, codes and overlaps"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0025_paper_places"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plot_imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column(
            "format",
            sa.Enum(
                "geojson",
                "kml",
                "csv",
                name="plotformat",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("by_user_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(undone_at IS NULL) = (undone_by_id IS NULL)",
            name=op.f("ck_plot_imports_undone_by_somebody"),
        ),
        sa.CheckConstraint(
            "undone_at IS NULL OR stored_at IS NOT NULL",
            name=op.f("ck_plot_imports_undone_once_stored"),
        ),
        sa.ForeignKeyConstraint(
            ["area_id"],
            ["growing_areas.id"],
            name=op.f("fk_plot_imports_area_id_growing_areas"),
        ),
        sa.ForeignKeyConstraint(
            ["by_user_id"], ["users.id"], name=op.f("fk_plot_imports_by_user_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["undone_by_id"],
            ["users.id"],
            name=op.f("fk_plot_imports_undone_by_id_users"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plot_imports")),
        sa.UniqueConstraint("public_id", name=op.f("uq_plot_imports_public_id")),
    )
    op.create_index(
        op.f("ix_plot_imports_area_id"), "plot_imports", ["area_id"], unique=False
    )
    op.create_table(
        "plots",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("shape", sa.Text(), nullable=False),
        sa.Column("west", sa.Double(), nullable=False),
        sa.Column("south", sa.Double(), nullable=False),
        sa.Column("east", sa.Double(), nullable=False),
        sa.Column("north", sa.Double(), nullable=False),
        sa.Column("measured_ha", sa.Numeric(precision=10, scale=4), nullable=False),
        sa.Column("declared_ha", sa.Numeric(precision=10, scale=4), nullable=True),
        sa.Column(
            "source",
            sa.Enum(
                "typed",
                "drawn",
                "walked",
                "imported",
                name="plotsource",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("written_by_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(source = 'imported') = (import_id IS NOT NULL)",
            name=op.f("ck_plots_imported_from_file"),
        ),
        sa.CheckConstraint("declared_ha > 0", name=op.f("ck_plots_declared_positive")),
        sa.CheckConstraint(
            "ended_on IS NULL OR since <= ended_on",
            name=op.f("ck_plots_valid_interval"),
        ),
        sa.CheckConstraint("measured_ha > 0", name=op.f("ck_plots_measured_positive")),
        sa.CheckConstraint(
            "west < east AND south < north", name=op.f("ck_plots_has_an_extent")
        ),
        sa.ForeignKeyConstraint(
            ["area_id"],
            ["growing_areas.id"],
            name=op.f("fk_plots_area_id_growing_areas"),
        ),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["households.id"],
            name=op.f("fk_plots_household_id_households"),
        ),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["plot_imports.id"],
            name=op.f("fk_plots_import_id_plot_imports"),
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["plots.id"], name=op.f("fk_plots_replaces_id_plots")
        ),
        sa.ForeignKeyConstraint(
            ["written_by_id"], ["users.id"], name=op.f("fk_plots_written_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plots")),
        sa.UniqueConstraint("public_id", name=op.f("uq_plots_public_id")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_plots_replaces_id")),
    )
    op.create_index(op.f("ix_plots_area_id"), "plots", ["area_id"], unique=False)
    op.create_index(
        "ix_plots_extent", "plots", ["west", "east", "south", "north"], unique=False
    )
    op.create_index(
        op.f("ix_plots_household_id"), "plots", ["household_id"], unique=False
    )
    op.create_index(op.f("ix_plots_import_id"), "plots", ["import_id"], unique=False)
    op.create_index(
        "uq_plots_name_in_use",
        "plots",
        ["area_id", "name"],
        unique=True,
        sqlite_where=sa.text("ended_on IS NULL"),
        postgresql_where=sa.text("ended_on IS NULL"),
    )
    op.create_table(
        "plot_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plot_id", sa.Integer(), nullable=False),
        sa.Column("code_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "until IS NULL OR since <= until", name=op.f("ck_plot_codes_valid_interval")
        ),
        sa.ForeignKeyConstraint(
            ["code_id"],
            ["growing_area_codes.id"],
            name=op.f("fk_plot_codes_code_id_growing_area_codes"),
        ),
        sa.ForeignKeyConstraint(
            ["plot_id"], ["plots.id"], name=op.f("fk_plot_codes_plot_id_plots")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plot_codes")),
    )
    op.create_index(
        op.f("ix_plot_codes_code_id"), "plot_codes", ["code_id"], unique=False
    )
    op.create_index(
        "uq_plot_codes_open",
        "plot_codes",
        ["plot_id", "code_id"],
        unique=True,
        sqlite_where=sa.text("until IS NULL"),
        postgresql_where=sa.text("until IS NULL"),
    )
    op.create_table(
        "plot_overlaps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("overlap_ha", sa.Numeric(precision=10, scale=4), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "found",
                "looking",
                "settled",
                name="overlapstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by_user_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'found') = (by_user_id IS NULL)",
            name=op.f("ck_plot_overlaps_looked_at_by_somebody"),
        ),
        sa.CheckConstraint(
            "state <> 'settled' OR note <> ''",
            name=op.f("ck_plot_overlaps_settled_with_words"),
        ),
        sa.CheckConstraint(
            "(by_user_id IS NULL) = (at IS NULL)",
            name=op.f("ck_plot_overlaps_looked_at_once"),
        ),
        sa.CheckConstraint(
            "first_id < second_id", name=op.f("ck_plot_overlaps_in_order")
        ),
        sa.CheckConstraint(
            "overlap_ha > 0", name=op.f("ck_plot_overlaps_overlap_positive")
        ),
        sa.ForeignKeyConstraint(
            ["by_user_id"], ["users.id"], name=op.f("fk_plot_overlaps_by_user_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["first_id"], ["plots.id"], name=op.f("fk_plot_overlaps_first_id_plots")
        ),
        sa.ForeignKeyConstraint(
            ["second_id"], ["plots.id"], name=op.f("fk_plot_overlaps_second_id_plots")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plot_overlaps")),
        sa.UniqueConstraint("public_id", name=op.f("uq_plot_overlaps_public_id")),
    )
    op.create_index(
        op.f("ix_plot_overlaps_second_id"), "plot_overlaps", ["second_id"], unique=False
    )
    op.create_index(
        "uq_plot_overlaps_pair", "plot_overlaps", ["first_id", "second_id"], unique=True
    )


def downgrade() -> None:
    for table in ("plot_overlaps", "plot_codes", "plots", "plot_imports"):
        op.drop_table(table)

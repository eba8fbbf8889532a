"""clock readings"""

import sqlalchemy as sa
from alembic import op

import app.models.base


revision = 'e4a90b7d21c8'
down_revision = '7c31d9a0b6e2'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('clock_reading',
    sa.Column('machine', sa.String(length=36), nullable=False),
    sa.Column('apart_ms', sa.BigInteger(), nullable=False),
    sa.Column('read_ms', sa.BigInteger(), nullable=False),
    sa.Column('read_at', app.models.base.UTCDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('machine', name=op.f('pk_clock_reading'))
    )


def downgrade() -> None:
    op.drop_table('clock_reading')

"""invigilators by room

Names a room for an invigilator. Whoever was named before stays named for all rooms.
"""

import sqlalchemy as sa
from alembic import op


revision = '2d9c6f1a84be'
down_revision = 'e4a90b7d21c8'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('sitting_staff', schema=None) as batch_op:
        batch_op.add_column(sa.Column('room_id', sa.String(length=16), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f('fk_sitting_staff_room_id_sitting_room'), 'sitting_room', ['room_id'], ['id']
        )


def downgrade() -> None:
    with op.batch_alter_table('sitting_staff', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_sitting_staff_room_id_sitting_room'), type_='foreignkey')
        batch_op.drop_column('room_id')
